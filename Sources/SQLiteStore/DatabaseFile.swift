internal import Exeunt
internal import Foundation
internal import Logging

/// The file that the database is in, as the system knows it.
struct DatabaseFile: Sendable {
    private let path: String
    private let device: dev_t
    private let inode: ino_t

    /// Makes the file, readable by its owner alone, when there is none; SQLite gives the files beside it the same mode.
    ///
    /// A file that is there is never opened here: closing it again would drop the locks that SQLite has on it for other
    /// connections of this process (fcntl(2)).
    init(at path: String, logger: Logger) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        let isNew = descriptor >= 0
        if isNew { close(descriptor) }
        guard isNew || errno == EEXIST, let status = Self.status(of: path) else {
            throw AuthorityError.storeUnavailable(reason: "\(path): \(String(cString: strerror(errno)))")
        }
        if !isNew {
            for file in [path, path + "-wal", path + "-shm"] { Self.keepFromOthers(file, logger: logger) }
        }
        self.path = path
        device = status.st_dev
        inode = status.st_ino
    }

    /// Whether the path still leads to this very file.
    ///
    /// SQLite goes on writing to a file that has been moved away or deleted, and all of that is lost with the process.
    var isInPlace: Bool {
        guard let status = Self.status(of: path) else { return false }
        return status.st_dev == device && status.st_ino == inode
    }

    private static func status(of path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }

    private static func keepFromOthers(_ file: String, logger: Logger) {
        guard let status = status(of: file), status.st_mode & 0o077 != 0 else { return }
        if chmod(file, 0o600) == 0 {
            logger.warning("others could open the database; they no longer can", metadata: ["file": "\(file)"])
        } else {
            logger.warning("others can open the database; its mode cannot be changed", metadata: ["file": "\(file)"])
        }
    }
}
