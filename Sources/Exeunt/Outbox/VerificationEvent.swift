/// That a stream works (SSF 1.0 §8.1.4), with the word that its receiver has given for it.
package struct VerificationEvent: ToldEvent {
    package static let uri = "https://schemas.openid.net/secevent/ssf/event-type/verification"

    /// The stream.
    package typealias SubjectID = OpaqueSubject

    package var state: String?

    package init(state: String?) { self.state = state }
}
