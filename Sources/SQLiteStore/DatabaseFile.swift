internal import Exeunt
internal import Foundation
internal import Logging

/// The file that the database is in, before SQLite has it.
enum DatabaseFile {
    /// Makes the file, readable by its owner alone, when there is none; SQLite gives the files beside it the same mode.
    ///
    /// A file that is there is never opened here: closing it again would drop the locks that SQLite has on it for other
    /// connections of this process (fcntl(2)).
    static func prepare(at path: String, logger: Logger) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
            return
        }
        guard errno == EEXIST else {
            throw AuthorityError.storeUnavailable(reason: "\(path): \(String(cString: strerror(errno)))")
        }
        for file in [path, path + "-wal", path + "-shm"] { keepFromOthers(file, logger: logger) }
    }

    private static func keepFromOthers(_ file: String, logger: Logger) {
        var status = stat()
        guard stat(file, &status) == 0, status.st_mode & 0o077 != 0 else { return }
        if chmod(file, 0o600) == 0 {
            logger.warning("others could open the database; they no longer can", metadata: ["file": "\(file)"])
        } else {
            logger.warning("others can open the database, and its mode cannot be changed", metadata: ["file": "\(file)"])
        }
    }
}
