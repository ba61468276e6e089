internal import Foundation

/// Whether somebody is there to be asked.
enum Terminal {
    static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }
}
