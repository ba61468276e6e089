/// A program that may talk to the server door.
package struct Client: Hashable, Sendable {
    /// What a client may do.
    package enum Scope: String, Hashable, Sendable, CaseIterable {
        /// Open, list and end sessions, and report events, for any subject.
        case sessions
        /// Ask whether a token is active (RFC 7662).
        case introspect
        /// Follow the log of revocations.
        case feed
        /// Everything of `sessions`, and end everyone's.
        case admin
    }

    /// The scopes as one text, for a store: in the order of the alphabet, parted by spaces.
    package var scopesText: String { scopes.map(\.rawValue).sorted().joined(separator: " ") }

    package var id: String
    package var name: String
    /// Nil for a public client, which has no secret to keep (RFC 6749 §2.1).
    package var secretHash: SecretHash?
    package var scopes: Set<Scope>
    package var createdAt: Timestamp

    package init(id: String, name: String, secretHash: SecretHash?, scopes: Set<Scope>, createdAt: Timestamp) {
        self.id = id
        self.name = name
        self.secretHash = secretHash
        self.scopes = scopes
        self.createdAt = createdAt
    }

    /// The client of a row that a store has of it; throws `corrupted` for a scope that there is none of.
    package init(
        id: String, name: String, secretHash: SecretHash?, scopesText: String, createdAt: Timestamp
    ) throws {
        let scopes = scopesText.split(separator: " ").map { Scope(rawValue: String($0)) }
        guard !scopes.contains(nil) else {
            throw AuthorityError.corrupted("the client \(id) has an unknown scope in \"\(scopesText)\"")
        }
        self.init(
            id: id, name: name, secretHash: secretHash, scopes: Set(scopes.compactMap { $0 }), createdAt: createdAt)
    }
}
