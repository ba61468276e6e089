internal import Logging
internal import ServiceLifecycle

/// Ends sessions whose time has come and clears away what nobody needs, in bounded batches.
package struct Sweeper: Service {
    private let authority: Authority
    private let interval: Duration
    private let auditRetention: Duration
    private let clock: any Clock<Duration>

    /// A sweeper that looks every `interval` and keeps audit events for `auditRetention`.
    package init(authority: Authority, interval: Duration, auditRetention: Duration, clock: any Clock<Duration>) {
        self.authority = authority
        self.interval = interval
        self.auditRetention = auditRetention
        self.clock = clock
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await clock.sleep(for: interval)) != nil {
                do {
                    while try await sweep() >= Limits.sweepBatch { try await clock.sleep(for: Limits.sweepPause) }
                } catch is CancellationError {
                    return
                } catch {
                    authority.logger.error("cannot sweep", metadata: ["error": "\(error)"])
                }
            }
        }
    }

    /// One batch; says how many rows went.
    package func sweep() async throws(AuthorityError) -> Int {
        let now = authority.environment.now()
        return try await authority.store.sweep(
            at: now, revokedUntil: authority.policy.lifetime.revocationEnd(from: now),
            auditBefore: now - auditRetention)
    }
}
