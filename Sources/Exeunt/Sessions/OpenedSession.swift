/// A session with its credentials, which exist here and in the answer, and never again.
package struct OpenedSession: Sendable {
    package var session: Session
    package var handle: SessionHandle
    package var accessToken: AccessToken?
    package var refreshToken: RotatingToken?
    package var rememberToken: RotatingToken?
    /// When the remembered login ends, if there is one.
    package var rememberedUntil: Timestamp?
}
