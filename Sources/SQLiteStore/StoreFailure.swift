internal import Exeunt
internal import GRDB

extension AuthorityError {
    static let fileIsGone = AuthorityError.storeUnavailable(reason: "the database file has been moved or deleted")

    /// What an error of the driver means to the store's caller; the one place where it is translated.
    init(translating error: any Error) {
        switch error {
        case let error as AuthorityError: self = error
        case let error as DatabaseError where error.isOfOneWrite:
            self = .invalidArgument("an identifier or a hash is in use already")
        case let error as DatabaseError: self = .storeUnavailable(reason: error.inWords)
        case is CancellationError: self = .storeUnavailable(reason: "the caller gave up")
        default: self = .storeUnavailable(reason: String(describing: error))
        }
    }
}

extension DatabaseError {
    /// Whether one write was at odds with what is stored, and the database itself is well.
    var isOfOneWrite: Bool { resultCode == .SQLITE_CONSTRAINT }

    fileprivate var inWords: String {
        switch resultCode {
        case .SQLITE_FULL: "the disk is full"
        case .SQLITE_BUSY, .SQLITE_LOCKED: "another process has kept the database locked"
        case .SQLITE_READONLY: "the database is read-only"
        case .SQLITE_IOERR: "the disk failed to read or write (\(extendedResultCode.rawValue))"
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: "the database file is damaged"
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: "the database file cannot be opened"
        case .SQLITE_MISUSE: "the store is closed"
        default: "SQLite: \(message ?? "error") (\(extendedResultCode.rawValue))"
        }
    }
}
