internal import NIOCore
internal import Settlement

/// JSON by hand, for the few answers that are asked for so often that it pays.
extension ByteBuffer {
    /// Writes a JSON string (RFC 8259 §7) of a text without control characters.
    mutating func writeJSON(_ text: String) {
        writeInteger(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            for byte in bytes {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { writeInteger(UInt8(ascii: "\\")) }
                writeInteger(byte)
            }
        }
        writeInteger(UInt8(ascii: "\""))
    }

    mutating func writeJSON(_ identifier: Identifier) { writeJSON(identifier.description) }
}
