internal import Exeunt
internal import Logging
internal import ServiceLifecycle

/// Keeps the high-water mark of a store while a server runs, and stops the server when the store goes back behind it.
struct HighWaterMarkKeeper: Service {
    let mark: HighWaterMark
    let store: any AuthorityStore
    let logger: Logger

    /// How much of what was seen may be missing from the mark after a crash.
    private static let interval: Duration = .seconds(1)

    func run() async throws {
        let start = try await look(after: LogPosition(epoch: 0, seq: 0))
        let last = try await cancelWhenGracefulShutdown {
            var seen = start
            while (try? await Task.sleep(for: Self.interval)) != nil { seen = try await look(after: seen) }
            return seen
        }
        // This service stops after all that write.
        _ = try await look(after: last)
    }

    /// Where the store is now, as far as the mark says so.
    private func look(after seen: LogPosition) async throws -> LogPosition {
        let position: LogPosition
        do {
            position = try await store.position()
        } catch AuthorityError.storeIsBehind(let reason) {
            throw CommandFailure.behind(reason)
        } catch {
            return seen // Whoever needs the store says that it cannot be used.
        }
        guard position != seen else { return seen }
        guard position > seen else {
            throw CommandFailure.behind("its log went back from record \(seen.seq) to record \(position.seq)")
        }
        do {
            try mark.write(position)
            return position
        } catch {
            logger.error("cannot write the high-water mark", metadata: ["error": "\(error.message)"])
            return seen
        }
    }
}
