internal import Logging
internal import ServiceLifecycle

/// Rotates the signing key when it has grown old, and takes over what other processes have rotated.
package struct KeyRotator: Service {
    private let authority: Authority
    private let maximumAge: Duration
    private let interval: Duration
    private let clock: any Clock<Duration>

    /// A rotator that looks every `interval` and makes a new key when the signing one is `maximumAge` old.
    package init(authority: Authority, maximumAge: Duration, interval: Duration, clock: any Clock<Duration>) {
        self.authority = authority
        self.maximumAge = maximumAge
        self.interval = interval
        self.clock = clock
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await clock.sleep(for: interval)) != nil {
                do {
                    try await rotateIfDue()
                } catch {
                    authority.logger.error("cannot look after the signing keys", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    package func rotateIfDue() async throws(AuthorityError) {
        let now = authority.environment.now()
        try await authority.signingKeys.reload(from: authority.store, at: now)
        guard now.since(authority.signingKeys.newest.createdAt) >= maximumAge else { return }
        if let id = try await authority.rotateSigningKey(by: .authority) {
            authority.logger.notice("made a new signing key", metadata: ["kid": "\(id)"])
        }
    }
}
