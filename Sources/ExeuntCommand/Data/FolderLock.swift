internal import Foundation

/// Keeps a data folder for one server, until it is released or the process ends, however it ends.
final class FolderLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock in the file at `path`, which then says who has it.
    ///
    /// Throws when another process has it.
    init(path: String) throws(CommandFailure) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("cannot open \(path)", code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            guard code == EWOULDBLOCK else { throw .system("cannot lock \(path)", code: code) }
            let holder = Self.holder(path).map { " (process \($0))" } ?? ""
            let folder = path.split(separator: "/").dropLast().last.map(String.init) ?? "folder"
            throw CommandFailure(.couldNotTry, "another server\(holder) uses the data folder \(folder)")
        }
        // Only for people; the lock holds without it.
        ftruncate(descriptor, 0)
        let text = Array("\(getpid())\n".utf8)
        _ = pwrite(descriptor, text, text.count, 0)
        // Not before: whoever throws with it set is deinitialized as well, and would close it twice.
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Whether a process has the lock in the file at `path`, and which one, if it says so.
    static func isHeld(_ path: String) -> (isHeld: Bool, by: Int?) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return (false, nil) }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return (false, nil) }
        return (true, holder(path))
    }

    private static func holder(_ path: String) -> Int? {
        (try? SmallFile.read(path)).flatMap { Int($0.prefix { $0.isNumber }) }
    }
}
