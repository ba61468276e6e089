internal import Exeunt

/// What can go wrong with a connection or with a statement.
enum PostgresFailure: Error, Hashable, Sendable {
    /// There is no connection, or it broke: what was under way may have happened or not.
    case lost(String)
    /// The server refused a statement, with its SQLSTATE (PostgreSQL, Appendix A).
    case refused(state: String, message: String)
    /// The server has less of the log than has been seen.
    case behind(String)

    /// Whether another try, from the start of the transaction, may well succeed.
    var isWorthAnotherTry: Bool {
        guard case .refused(let state, _) = self else { return false }
        // Serialization failure, deadlock.
        return state == "40001" || state == "40P01"
    }

    /// Whether what was written is at odds with what is stored, and the database itself is well: class 23.
    var isOfOneWrite: Bool {
        guard case .refused(let state, _) = self else { return false }
        return state.hasPrefix("23")
    }

    /// Whether the connection is of no more use: the server is going away or has become a standby.
    var endsConnection: Bool {
        switch self {
        case .lost, .behind: true
        case .refused(let state, _): state.hasPrefix("57P") || state.hasPrefix("08") || state == "25006"
        }
    }

    fileprivate var inWords: String {
        switch self {
        case .lost(let reason), .behind(let reason): "PostgreSQL: \(reason)"
        case .refused("53100", _): "PostgreSQL: the disk is full"
        case .refused("57014", _): "PostgreSQL took too long"
        case .refused("25006", _): "PostgreSQL is a standby, or read-only"
        case .refused(let state, let message): "PostgreSQL: \(message) (\(state))"
        }
    }
}

extension AuthorityError {
    static let closed = AuthorityError.storeUnavailable(reason: "the store is closed")

    /// What an error of the driver means to the store's caller; the one place where it is translated.
    init(translating error: any Error) {
        switch error {
        case let error as AuthorityError: self = error
        case let error as PostgresFailure where error.isOfOneWrite:
            self = .invalidArgument("an identifier or a hash is in use already")
        case PostgresFailure.behind(let reason): self = .storeIsBehind(reason: reason)
        case let error as PostgresFailure: self = .storeUnavailable(reason: error.inWords)
        case is CancellationError: self = .storeUnavailable(reason: "the caller gave up")
        default: self = .storeUnavailable(reason: String(describing: error))
        }
    }
}
