package import Exeunt

extension PostgresStore {
    package func account(email: String) async throws(AuthorityError) -> Account? {
        try await account("email = $1", email.lowercased())
    }

    package func account(of subject: Subject) async throws(AuthorityError) -> Account? {
        try await account("subject = $1", subject.name)
    }

    package func add(_ account: Account) async throws(AuthorityError) {
        try await writes.write { transaction in
            let added = try transaction.read(
                """
                INSERT INTO accounts (subject, email, password_hash, disabled, created_at) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT DO NOTHING
                """,
                [
                    .text(account.subject.name), .text(account.email.lowercased()), .text(account.passwordHash),
                    .number(account.disabled ? 1 : 0 as Int64), .number(account.createdAt.milliseconds),
                ])
            if added.written == 0 { throw AuthorityError.alreadyExists }
            return { _ in }
        }
    }

    private func account(_ condition: String, _ value: String) async throws(AuthorityError) -> Account? {
        try await lookUps.read(
            Statement(
                "SELECT subject, email, password_hash, disabled, created_at FROM accounts WHERE \(condition)",
                [.text(value)])
        ) { result in
            try result.first { row in
                Account(
                    subject: try row.subject(0), email: row.text(1), passwordHash: row.text(2),
                    disabled: row.number(3) == 1, createdAt: row.moment(4))
            }
        }
    }
}

extension WriteTransaction {
    /// Throws `alreadyExists` when the change names an address that is another subject's.
    func check(_ change: AccountChange) throws {
        guard case .email(let subject, let email) = change else { return }
        let owner = try read("SELECT subject FROM accounts WHERE email = $1", [.text(email.lowercased())])
            .first { $0.text(0) }
        if let owner, owner != subject.name { throw AuthorityError.alreadyExists }
    }

    /// Makes a change to an account, with `account.changed`; without such an account there is nothing to change.
    func apply(_ change: AccountChange, at: Timestamp, by: Provenance) throws {
        let (subject, what, sql, values): (Subject, String, String, [PostgresValue]) =
            switch change {
            case .password(let subject, let hash):
                (subject, "password", "UPDATE accounts SET password_hash = $2", [.text(hash)])
            case .email(let subject, let email):
                (subject, "email", "UPDATE accounts SET email = $2", [.text(email.lowercased())])
            case .disable(let subject): (subject, "disabled", "UPDATE accounts SET disabled = 1", [])
            case .delete(let subject): (subject, "deleted", "DELETE FROM accounts", [])
            }
        let changed = try read("\(sql) WHERE subject = $1", [.text(subject.name)] + values).written
        guard changed > 0 else { return }
        record(AuditEvent(.accountChanged, at: at, subject: subject.name, by: by, reason: what))
    }
}
