/// The security event tokens of a stream, which are the same however often they are asked for.
package protocol EventTokens: Sendable {
    /// The name of the token that tells a receiver of an ending (`jti`).
    func name(of ended: EndedSession, for receiver: Receiver) -> String

    /// The token that tells a receiver of an ending.
    func token(of ended: EndedSession, for receiver: Receiver) async throws(AuthorityError) -> String

    /// The name of the token of a verification event.
    func name(of verification: Receiver.Verification) -> String

    /// The token of a verification event.
    func token(of verification: Receiver.Verification, for receiver: Receiver) async throws(AuthorityError) -> String
}
