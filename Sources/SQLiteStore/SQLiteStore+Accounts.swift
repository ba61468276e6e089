package import Exeunt
internal import GRDB

extension SQLiteStore {
    package func account(email: String) async throws(AuthorityError) -> Account? {
        try lookUp { try $0.first("\(Self.account) WHERE email = ?", [email.lowercased()], Self.readAccount) }
    }

    package func account(of subject: Subject) async throws(AuthorityError) -> Account? {
        try lookUp { try $0.first("\(Self.account) WHERE subject = ?", [subject.name], Self.readAccount) }
    }

    package func add(_ account: Account) async throws(AuthorityError) {
        try await commits.write { transaction in
            let email = account.email.lowercased()
            try transaction.refuseTaken(email: email, subject: account.subject)
            let sameSubject = try transaction.db.first(
                "SELECT 1 FROM accounts WHERE subject = ?", [account.subject.name], { $0.number(0) })
            if sameSubject != nil { throw AuthorityError.alreadyExists }
            try transaction.db.run(
                """
                INSERT INTO accounts (subject, email, password_hash, disabled, created_at) VALUES (?, ?, ?, ?, ?)
                """,
                [
                    account.subject.name, email, account.passwordHash, account.disabled,
                    account.createdAt.milliseconds,
                ])
        }
    }

    private static let account = "SELECT subject, email, password_hash, disabled, created_at FROM accounts"

    private static func readAccount(_ row: Columns) throws -> Account {
        Account(
            subject: try row.subject(0), email: row.text(1), passwordHash: row.text(2), disabled: row.number(3) == 1,
            createdAt: row.moment(4))
    }
}

extension WriteTransaction {
    /// Makes a change to an account, with `account.changed`; without such an account there is nothing to change.
    func apply(_ change: AccountChange, at: Timestamp, by: Provenance) throws {
        let (subject, what) = change.subjectAndName
        switch change {
        case .password(_, let hash):
            try db.run("UPDATE accounts SET password_hash = ? WHERE subject = ?", [hash, subject.name])
        case .email(_, let email):
            try refuseTaken(email: email.lowercased(), subject: subject)
            try db.run("UPDATE accounts SET email = ? WHERE subject = ?", [email.lowercased(), subject.name])
        case .disable: try db.run("UPDATE accounts SET disabled = 1 WHERE subject = ?", [subject.name])
        case .delete: try db.run("DELETE FROM accounts WHERE subject = ?", [subject.name])
        }
        guard db.changesCount > 0 else { return }
        try record(AuditEvent(.accountChanged, at: at, subject: subject.name, by: by, reason: what))
    }

    /// Throws `alreadyExists` when another subject's account has that address.
    fileprivate func refuseTaken(email: String, subject: Subject) throws {
        let owner = try db.first("SELECT subject FROM accounts WHERE email = ?", [email]) { $0.text(0) }
        if let owner, owner != subject.name { throw AuthorityError.alreadyExists }
    }
}

extension AccountChange {
    fileprivate var subjectAndName: (Subject, String) {
        switch self {
        case .password(let subject, _): (subject, "password")
        case .email(let subject, _): (subject, "email")
        case .disable(let subject): (subject, "disabled")
        case .delete(let subject): (subject, "deleted")
        }
    }
}
