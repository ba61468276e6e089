import Exeunt
import Settlement

/// A session that a check has opened, with what its credentials hash to.
struct Opened: Sendable {
    var session: Session
    var handle: SecretHash
    var family: SecretHash
    var remembered: RememberedLogin?

    var id: Identifier { session.id }

    /// What an access token of it says of itself.
    func token(_ name: Identifier) -> TokenClaims {
        TokenClaims(
            token: name, session: session.id, subject: session.subject.name, version: session.version,
            epoch: session.epoch)
    }
}
