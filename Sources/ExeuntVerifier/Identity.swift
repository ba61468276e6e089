public import Foundation
internal import Settlement

/// Who made a request, as a token that was accepted says.
public struct Identity: Sendable, Hashable {
    let token: VerifiedToken

    /// Whose session it is (`sub`).
    public var subject: String { token.claims.subject }
    /// The session that the token came from (`sid`).
    public var sessionID: String { token.sessionID }
    /// The token's own name (`jti`).
    public var tokenID: String { token.tokenID }
    /// The client that opened the session (`client_id`).
    public var clientID: String { token.clientID }
    /// When the person signed in (`auth_time`).
    public var authenticatedAt: Date { Date(timeIntervalSince1970: Double(token.authenticatedAtSeconds)) }
    /// When the token expires (`exp`); the session may well go on.
    public var expiresAt: Date { Date(timeIntervalSince1970: Double(token.expiresAtSeconds)) }

    /// Whether both are of the same token.
    public static func == (left: Self, right: Self) -> Bool { left.token.claims == right.token.claims }

    /// By the token.
    public func hash(into hasher: inout Hasher) { hasher.combine(token.claims) }
}

extension Identity: CustomStringConvertible {
    /// The subject and the session.
    public var description: String { "\(subject) (session \(sessionID))" }
}
