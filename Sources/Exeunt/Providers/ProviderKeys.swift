internal import Settlement
internal import Synchronization

/// The keys of providers, fetched when they are needed: the shell around ``ProviderKeyCache``.
package final class ProviderKeys: Sendable {
    /// Why a token is not taken for one that its provider has issued.
    package enum Fault: Error, Hashable, Sendable {
        /// None of the provider's keys has signed it.
        case notGenuine
        /// The keys could not be fetched, so nobody can say; the text says why, for an operator.
        case keysUnavailable(String)
    }

    private struct Entry {
        var cache = ProviderKeyCache()
        var fetch: Task<Void, Never>?
    }

    /// Where keys come from: another address of the same issuer has others.
    private struct Place: Hashable {
        var issuer: String
        var jwksURI: String?
    }

    private let fetcher: ProviderKeyFetcher
    private let environment: Environment
    private let entries = Mutex<[Place: Entry]>([:])

    package init(http: any OutgoingHTTP, environment: Environment) {
        fetcher = ProviderKeyFetcher(http: http)
        self.environment = environment
    }

    /// The token as its provider's, if one of its keys has signed it.
    ///
    /// When none has, the keys may have changed: they are fetched anew, at most once in ``Limits/keyRefetch``.
    package func genuine(_ token: ForeignToken, of provider: Provider) async throws(Fault) -> GenuineToken {
        let known = try await keys(of: provider, beyond: nil)
        if let token = GenuineToken(token, of: provider, signedBy: known.keys) { return token }
        let newer = try await keys(of: provider, beyond: known.edition)
        if newer.edition > known.edition, let token = GenuineToken(token, of: provider, signedBy: newer.keys) {
            return token
        }
        if let failure = newer.failure { throw .keysUnavailable(failure) }
        throw .notGenuine
    }

    private struct Keys {
        var keys: ProviderKeySet
        var edition: UInt64
        var failure: String?
    }

    private func keys(of provider: Provider, beyond seen: UInt64?) async throws(Fault) -> Keys {
        let place = Place(issuer: provider.issuer, jwksURI: provider.jwksURI)
        let (action, fetch) = entries.withLock { entries in
            if entries[place] == nil, entries.count >= Limits.providers { entries = [:] }
            var entry = entries[place] ?? Entry()
            let action = entry.cache.ask(beyond: seen, at: environment.moment())
            // In a task that is nobody's child, because whoever began it may go away while others wait for it. There is one for each
            // provider, and it ends with its two requests.
            if case .fetch = action { entry.fetch = Task { await self.fetch(provider, for: place) } }
            entries[place] = entry
            return (action, entry.fetch)
        }
        switch action {
        case .use, .unavailable: return try keys(of: place, by: action)
        case .fetch, .join:
            await fetch?.value
            let rest = entries.withLock { $0[place]?.cache.rest(at: environment.moment()) }
            return try keys(of: place, by: rest ?? .unavailable("the provider is one of too many"))
        }
    }

    private func keys(of place: Place, by action: ProviderKeyCache.Action) throws(Fault) -> Keys {
        switch action {
        case .use(let keys, let edition):
            let failure = entries.withLock { $0[place]?.cache.failure }
            return Keys(keys: keys, edition: edition, failure: failure)
        case .unavailable(let why): throw .keysUnavailable(why)
        case .fetch, .join: throw .keysUnavailable("the provider's keys are still being fetched")
        }
    }

    private func fetch(_ provider: Provider, for place: Place) async {
        do throws(ProviderKeyFetcher.Failure) {
            let (keys, freshness) = try await fetcher.keys(of: provider)
            entries.withLock {
                $0[place, default: Entry()].cache.fetched(keys, for: freshness, at: environment.moment())
            }
        } catch {
            entries.withLock { $0[place, default: Entry()].cache.failed(error.description, at: environment.moment()) }
        }
    }
}
