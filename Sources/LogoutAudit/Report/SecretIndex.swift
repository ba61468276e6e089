/// Finds many secrets in a text in one pass over its bytes.
struct SecretIndex: Sendable {
    private struct Secret {
        var bytes: [UInt8]
        var label: [UInt8]
    }

    /// By their first four bytes, the longest first, so that no part of a value is taken for another one.
    private var secrets: [UInt32: [Secret]] = [:]
    /// Those that have no four bytes.
    private var short: [(value: String, label: String)] = []

    init(_ labels: [String: String]) {
        for (value, label) in labels {
            let bytes = Array(value.utf8)
            if bytes.count < 4 {
                short.append((value, label))
            } else {
                secrets[Self.key(bytes, 0), default: []].append(Secret(bytes: bytes, label: Array(label.utf8)))
            }
        }
        for key in secrets.keys { secrets[key]?.sort { $0.bytes.count > $1.bytes.count } }
        short.sort { $0.value.utf8.count > $1.value.utf8.count }
    }

    private static func key(_ bytes: [UInt8], _ index: Int) -> UInt32 {
        UInt32(bytes[index]) << 24 | UInt32(bytes[index + 1]) << 16 | UInt32(bytes[index + 2]) << 8
            | UInt32(bytes[index + 3])
    }

    /// The text with labels in place of the secrets.
    func replaced(in text: String) -> String {
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        var copied = 0
        var index = 0
        while index + 4 <= bytes.count {
            let found = secrets[Self.key(bytes, index)]?.first { secret in
                index + secret.bytes.count <= bytes.count
                    && bytes[index..<index + secret.bytes.count].elementsEqual(secret.bytes)
            }
            guard let found else {
                index += 1
                continue
            }
            output += bytes[copied..<index] + found.label
            index += found.bytes.count
            copied = index
        }
        var text = copied == 0 ? text : String(decoding: output + bytes[copied...], as: UTF8.self)
        for (value, label) in short where text.contains(value) { text = text.replacing(value, with: label) }
        return text
    }
}
