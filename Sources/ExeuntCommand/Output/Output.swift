internal import Foundation

/// Writes to standard output, which is for results, and to standard error, which is for people.
enum Output {
    /// Makes sure that no file is ever opened under the numbers of the standard streams, where words for people would
    /// end up in it.
    static func takeStandardDescriptors() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", O_RDWR)
        }
    }

    /// Writes a text as it is, at once.
    ///
    /// Throws a ``CommandFailure`` when nobody takes it. The error is not typed: the optimiser of Swift 6.3.1 crashes where this is inlined into an `async` function.
    static func write(_ text: String) throws {
        let code = write(text, to: STDOUT_FILENO)
        if code != 0 { throw CommandFailure.system("cannot write to standard output", code: code) }
    }

    /// Writes a value as JSON on a line of its own.
    static func json(_ value: some Encodable) throws {
        try write(JSONText.line(value) + "\n")
    }

    /// Writes a text to standard error; where that is closed, there is nobody to tell.
    static func writeError(_ text: String) {
        _ = write(text, to: STDERR_FILENO)
    }

    /// Says what went wrong.
    static func complain(_ message: String) { writeError("exeunt: \(message)\n") }

    /// Returns 0, or the system's error.
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                return errno
            }
            rest = rest.dropFirst(written)
        }
        return 0
    }
}
