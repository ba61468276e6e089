internal import Exeunt
internal import Settlement
internal import Synchronization

/// Who has just shown which credentials: the same header again within a second is not looked up again.
///
/// A verifier asks after every commit, and an application at every request, always with the same header. So a client
/// that is removed can go on to read, and nothing else, for a second.
final class KnownCallers: Sendable {
    private struct Known {
        var client: Client
        var until: Moment
    }

    private let known = Mutex<[String: Known]>([:])

    /// The client that an `Authorization` header was found to be of, if that was just now.
    func client(_ header: String, at now: Moment) -> Client? {
        known.withLock { known in
            guard let found = known[header], found.until > now else { return nil }
            return found.client
        }
    }

    /// Notes whose a header was found to be.
    func note(_ client: Client, for header: String, at now: Moment) {
        known.withLock { known in
            if known.count >= HTTPLimits.knownCallers { known = known.filter { $0.value.until > now } }
            guard known.count < HTTPLimits.knownCallers else { return }
            known[header] = Known(client: client, until: now + HTTPLimits.knownCallerMilliseconds)
        }
    }
}
