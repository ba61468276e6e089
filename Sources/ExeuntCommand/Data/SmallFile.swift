internal import Foundation

/// Files of a few lines: configuration, keys, passwords.
enum SmallFile {
    /// More than any of them ever needs.
    private static let largest = 1 << 20

    /// The text of a file.
    ///
    /// With `isSecret`, throws when anybody but the owner may read it.
    static func read(_ path: String, isSecret: Bool = false) throws(CommandFailure) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("cannot read \(path)", code: errno) }
        defer { close(descriptor) }
        guard let status = FileStatus(path: path), status.kind == .file else {
            throw CommandFailure(.couldNotTry, "\(path) is no file")
        }
        if isSecret, status.isOpenToOthers {
            throw CommandFailure(
                .couldNotTry,
                "others can open \(path) (its mode is \(status.modeText)), and it is a secret; run: chmod 600 \(path)")
        }
        guard status.size <= largest else { throw CommandFailure(.couldNotTry, "\(path) is too large") }
        let bytes = try FileBytes.read(descriptor, path: path, through: .max)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure(.couldNotTry, "\(path) is not text in UTF-8")
        }
        return text
    }

    /// Makes a file that only its owner may read, and returns when it is on the disk.
    ///
    /// Throws when there is one of that name already.
    static func create(_ path: String, text: String) throws(CommandFailure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system("cannot make \(path)", code: errno) }
        defer { close(descriptor) }
        do throws(CommandFailure) {
            try write(Array(text.utf8), to: descriptor, path: path)
            guard fchmod(descriptor, 0o600) == 0, fsync(descriptor) == 0 else {
                throw .system("cannot write \(path)", code: errno)
            }
        } catch {
            // Half a key is worse than none.
            unlink(path)
            throw error
        }
        try syncFolder(of: path)
    }

    /// Puts a file that only its owner may read in the place of one that may be there, whole or not at all.
    static func replace(_ path: String, text: String) throws(CommandFailure) {
        let new = path + ".new"
        unlink(new)
        try create(new, text: text)
        try move(new, to: path)
    }

    /// Moves a file, and returns when that is on the disk.
    static func move(_ path: String, to target: String) throws(CommandFailure) {
        guard rename(path, target) == 0 else { throw .system("cannot move \(path) to \(target)", code: errno) }
        try syncFolder(of: target)
    }

    /// Whether something is there; what cannot be seen counts as there, so that opening it says why.
    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(CommandFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw .system("cannot write \(path)", code: errno) }
            rest = rest.dropFirst(written)
        }
    }

    private static func syncFolder(of path: String) throws(CommandFailure) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("cannot open \(folder)", code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system("cannot flush \(folder)", code: errno) }
    }
}
