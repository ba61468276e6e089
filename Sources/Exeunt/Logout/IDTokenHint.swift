/// Until it is merged.
package struct IDTokenHint: Hashable, Sendable {
    package var issuer: String
    package var subject: String
    package var session: String?
    package var audience: [String]
}
extension Authority {
    package func readIDTokenHint(_ text: String) async throws(AuthorityError) -> IDTokenHint? { nil }
}
