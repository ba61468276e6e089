internal import Foundation

/// Files that may be large.
enum FileBytes {
    /// The bytes of a file, and no more than it takes to see that it has more than so many.
    static func read(_ path: String, through limit: Int) throws(CommandFailure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("cannot read \(path)", code: errno) }
        defer { close(descriptor) }
        return try read(descriptor, path: path, through: limit)
    }

    /// What is left of an open file, and no more than it takes to see that it goes on after so many bytes.
    static func read(_ descriptor: Int32, path: String, through limit: Int) throws(CommandFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= limit {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system("cannot read \(path)", code: errno) }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return bytes
    }
}
