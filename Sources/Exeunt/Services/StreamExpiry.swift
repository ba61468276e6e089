internal import Logging
internal import ServiceLifecycle

/// Gives up, now and then, what streams have not fetched in time.
package struct StreamExpiry: Service {
    private let authority: Authority
    private let interval: Duration
    private let clock: any Clock<Duration>

    package init(authority: Authority, interval: Duration, clock: any Clock<Duration>) {
        self.authority = authority
        self.interval = interval
        self.clock = clock
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await clock.sleep(for: interval)) != nil {
                do throws(AuthorityError) {
                    try await authority.expireStreams()
                } catch {
                    authority.logger.warning("cannot see to the streams", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}
