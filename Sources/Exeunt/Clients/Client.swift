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
        /// Hear of sessions that end: manage streams of security events of its own.
        case streams
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
    /// Where a browser may be led after a sign-out that this client asked for, exactly (OpenID Connect RP-Initiated Logout 1.0 §3.1).
    package var postLogoutRedirectURIs: [String]

    package init(
        id: String, name: String, secretHash: SecretHash?, scopes: Set<Scope>, createdAt: Timestamp,
        postLogoutRedirectURIs: [String] = []
    ) {
        self.id = id
        self.name = name
        self.secretHash = secretHash
        self.scopes = scopes
        self.createdAt = createdAt
        self.postLogoutRedirectURIs = postLogoutRedirectURIs
    }

    /// The addresses as one text, for a store: one a line.
    package var postLogoutRedirectURIsText: String { postLogoutRedirectURIs.joined(separator: "\n") }

    /// The client of a row that a store has of it; throws `corrupted` for a scope that there is none of.
    package init(
        id: String, name: String, secretHash: SecretHash?, scopesText: String, createdAt: Timestamp,
        postLogoutRedirectURIsText: String = ""
    ) throws {
        let scopes = scopesText.split(separator: " ").map { Scope(rawValue: String($0)) }
        guard !scopes.contains(nil) else {
            throw AuthorityError.corrupted("the client \(id) has an unknown scope in \"\(scopesText)\"")
        }
        self.init(
            id: id, name: name, secretHash: secretHash, scopes: Set(scopes.compactMap { $0 }), createdAt: createdAt,
            postLogoutRedirectURIs: postLogoutRedirectURIsText.split(separator: "\n").map(String.init))
    }
}
