internal import Foundation

/// The fields of a form or of a query (`application/x-www-form-urlencoded`, WHATWG URL §5.1), read strictly.
struct FormFields: Sendable {
    /// A handful, which a dictionary would take longer to hash than to look through.
    private var fields: [(name: String, value: String)] = []

    /// Reads the bytes of a form.
    ///
    /// Throws a 400 for bytes that are not UTF-8 or percent-encoded wrongly, for a field that occurs twice (RFC 6749
    /// §3.1), and for more than ``HTTPLimits/formFields``.
    init(parsing bytes: some Collection<UInt8>) throws(HTTPProblem) {
        for field in Array(bytes).split(separator: UInt8(ascii: "&")) {
            guard fields.count < HTTPLimits.formFields else {
                throw .badRequest("A form has at most \(HTTPLimits.formFields) fields.")
            }
            let name = field.prefix { $0 != UInt8(ascii: "=") }
            let key = try Self.decode(name)
            guard self[key] == nil else { throw .badRequest("A field occurs twice.") }
            fields.append((key, try Self.decode(field.dropFirst(name.count + 1))))
        }
    }

    init(query: String?) throws(HTTPProblem) { try self.init(parsing: (query ?? "").utf8) }

    subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// The value of a field; throws a 400 that names it when it is missing or empty.
    func required(_ name: String) throws(HTTPProblem) -> String {
        guard let value = self[name], !value.isEmpty else { throw .badRequest("The field \(name) is missing.") }
        return value
    }

    /// A text as the value of a field, with every character escaped that could mean something (RFC 3986 §2.3).
    static func escape(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    private static func decode(_ encoded: ArraySlice<UInt8>) throws(HTTPProblem) -> String {
        let bytes = isPlain(encoded) ? encoded : try unescape(encoded)[...]
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw .badRequest("The form is not valid UTF-8.")
        }
        return text
    }

    private static func isPlain(_ encoded: ArraySlice<UInt8>) -> Bool {
        !encoded.contains { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }
    }

    private static func unescape(_ encoded: ArraySlice<UInt8>) throws(HTTPProblem) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encoded.count)
        var rest = encoded.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(Self.hexValue), let low = rest.next().flatMap(Self.hexValue)
                else { throw .badRequest("The form is percent-encoded wrongly.") }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return bytes
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
