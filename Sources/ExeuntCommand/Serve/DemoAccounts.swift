internal import Exeunt

/// Accounts for trying things out, with passwords that are made up once and kept in a file.
struct DemoAccounts: Sendable {
    private struct Entry {
        var email: String
        var password: String
    }

    private static let people = [("demo-ada", "ada@example.test"), ("demo-grace", "grace@example.test")]
    /// No letter or digit that is easily taken for another; 32 of them, so each is worth five bits.
    private static let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789")
    private static let passwordCharacters = 16

    private let path: String
    private let signIn: SignIn

    init(path: String, signIn: SignIn) {
        self.path = path
        self.signIn = signIn
    }

    /// Makes the file and the accounts, as far as they are missing, and gives lines that tell a person of them.
    func prepare() async throws -> [String] {
        let entries = try entries()
        var lines: [String] = []
        for (name, email) in Self.people {
            guard let subject = Subject(name) else { continue }
            let password = entries.first { $0.email == email }?.password
            lines.append(try await prepare(subject, email: email, password: password))
        }
        return lines
    }

    private func prepare(_ subject: Subject, email: String, password: String?) async throws -> String {
        let account = try await signIn.authority.store.account(of: subject)
        guard let account else { return try await make(subject, email: email, password: password) }
        guard let password else { return "\(account.email)  (its password is not in \(path) any more)" }
        var isChanged = account.email != email
        if !isChanged { isChanged = try await hasChanged(subject) }
        return "\(account.email)  \(password)" + (isChanged ? "  (changed since; this may be out of date)" : "")
    }

    private func make(_ subject: Subject, email: String, password: String?) async throws -> String {
        guard let password else { return "\(email)  (not made: it has no line in \(path))" }
        do {
            try await signIn.createAccount(subject: subject, email: email, password: password)
            return "\(email)  \(password)"
        } catch AuthorityError.alreadyExists {
            return "\(email)  (not made: somebody else has this address)"
        }
    }

    /// Whether the audit trail knows of a change to an account.
    private func hasChanged(_ subject: Subject) async throws -> Bool {
        var changes = AuditFilter()
        changes.subject = subject.name
        changes.kinds = [.accountChanged]
        changes.limit = 1
        return try await !signIn.authority.store.auditEvents(changes).isEmpty
    }

    /// The lines of the file, which is made when there is none.
    private func entries() throws(CommandFailure) -> [Entry] {
        if !SmallFile.exists(path) {
            let lines = Self.people.map { "\($0.1) \(newPassword())\n" }
            try SmallFile.create(path, text: lines.joined())
        }
        return try SmallFile.read(path, isSecret: true).split(whereSeparator: \.isNewline).compactMap { line in
            let words = line.split(separator: " ", maxSplits: 1)
            return words.count == 2 ? Entry(email: String(words[0]), password: String(words[1])) : nil
        }
    }

    /// Sixteen characters in groups of four: 80 bits.
    private func newPassword() -> String {
        let bytes = signIn.authority.environment.randomBytes(Self.passwordCharacters)
        let characters = bytes.map { Self.alphabet[Int($0) % Self.alphabet.count] }
        return stride(from: 0, to: characters.count, by: 4)
            .map { String(characters[$0..<$0 + 4]) }.joined(separator: "-")
    }
}
