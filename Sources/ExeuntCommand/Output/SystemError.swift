internal import Foundation

/// The operating system's errors in words.
enum SystemError {
    static func text(of code: Int32) -> String {
        guard let words = strerror(code) else { return "error \(code)" }
        let text = String(cString: words)
        // "No such file" is a sentence; here it follows a colon.
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
