import NIOCore

/// A whole answer, as far as a load generator looks at it.
struct Answer {
    let status: Int
    let body: ByteBuffer

    enum Failure: Error { case notHTTP, noLength }

    /// Takes an answer off the front of what has been received; nil when it is not all there.
    ///
    /// Answers must say their length: that is what servers do whose answer is ready when they send it.
    static func take(from received: inout ByteBuffer) throws -> Answer? {
        let found = received.withUnsafeReadableBytes { bytes in
            endOfHead(in: bytes).map { (at: $0, head: Head(bytes[..<$0])) }
        }
        guard let found else { return nil }
        guard let status = found.head.status else { throw Failure.notHTTP }
        guard let length = found.head.length else { throw Failure.noLength }
        guard received.readableBytes >= found.at + length else { return nil }
        received.moveReaderIndex(forwardBy: found.at)
        guard let body = received.readSlice(length: length) else { return nil }
        return Answer(status: status, body: body)
    }

    /// The text of a member of a flat JSON object, if it is a string without escapes.
    func member(_ name: String) -> String? {
        let text = String(buffer: body)
        guard let start = text.firstRange(of: "\"\(name)\":\"")?.upperBound,
            let end = text[start...].firstIndex(of: "\"")
        else { return nil }
        return String(text[start..<end])
    }

    /// The digits of a member of a flat JSON object, if it is a whole number.
    func number(_ name: String) -> String? {
        let text = String(buffer: body)
        guard let start = text.firstRange(of: "\"\(name)\":")?.upperBound else { return nil }
        let digits = text[start...].prefix { $0.isNumber }
        return digits.isEmpty ? nil : String(digits)
    }

    private static func endOfHead(in bytes: UnsafeRawBufferPointer) -> Int? {
        var index = 3
        while index < bytes.count {
            if bytes[index] == 0x0A, bytes[index - 1] == 0x0D, bytes[index - 2] == 0x0A, bytes[index - 3] == 0x0D {
                return index + 1
            }
            index += 1
        }
        return nil
    }
}

extension Answer {
    /// What the head says of the body.
    private struct Head {
        var status: Int?
        var length: Int?

        init(_ bytes: Slice<UnsafeRawBufferPointer>) {
            var lines = bytes.split(separator: 0x0A).makeIterator()
            // HTTP/1.1 200 OK
            guard let first = lines.next(), first.count >= 12 else { return }
            status = Int(String(decoding: first.dropFirst(9).prefix(3), as: UTF8.self))
            while let line = lines.next() {
                guard line.count > 15, line.prefix(15).elementsEqual("content-length:".utf8, by: { $0 | 0x20 == $1 })
                else { continue }
                length = Int(String(decoding: line.dropFirst(15).filter { $0 > 0x20 }, as: UTF8.self))
                return
            }
        }
    }
}
