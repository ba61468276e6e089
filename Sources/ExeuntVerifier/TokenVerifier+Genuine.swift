package import Settlement
internal import Synchronization

extension TokenVerifier {
    /// Who shows this access token, if it is genuine, meant for us and in its time.
    ///
    /// Whether it has been ended is for the caller to find out, before it lets anybody in. The keys are fetched where one is missing.
    package func genuine(_ token: String) async throws(VerificationError) -> (identity: Identity, claims: TokenClaims) {
        do throws(VerificationError) {
            return try recall(token)
        } catch .unknownKey {
            let areNew = await fetchMissingKeys()
            do throws(VerificationError) {
                return try recall(token)
            } catch .unknownKey where !areNew {
                throw .stale(retryAfter: Limits.retryAfter)
            }
        }
    }

    /// Makes sure that the keys are those that the authority calls by this version.
    package func keepKeys(version: String) async throws(AuthorityFailure) {
        if hasKeys(version: version) { return }
        try await fetchKeys(version: version)
    }

    /// Whether the keys are those that the authority calls by this version.
    package func hasKeys(version: String) -> Bool { state.withLock { $0.keysVersion } == version }

    /// Counts a check, and gives its error back to be thrown.
    package func counted(_ error: VerificationError?) {
        state.withLock { $0.counts.count(error.map { CheckCounts.Result($0) } ?? .accepted) }
    }

    private func recall(_ token: String) throws(VerificationError) -> (identity: Identity, claims: TokenClaims) {
        let bytes = Array(token.utf8)
        guard (Limits.shortestTokenBytes...Limits.tokenBytes).contains(bytes.count) else { throw .malformed }
        let hash = bytes.withUnsafeBytes { TokenCache.hash($0, key: cacheKey) }
        var finding = bytes.withUnsafeBytes { text in
            state.withLock { $0.recall(text, hash: hash, at: environment.reading()) }
        }
        while case .unseen(let keys, let generation) = finding {
            let read = try rules.read(bytes, keys: keys)
            finding = bytes.withUnsafeBytes { text in
                state.withLock {
                    $0.remember(read, text: text, hash: hash, checkedWith: generation, at: environment.reading())
                }
            }
        }
        switch finding {
        case .accepted(let token): return (Identity(token: token), token.claims)
        case .refused(let error): throw error
        case .unknown, .unseen: throw .stale(retryAfter: Limits.retryAfter)
        }
    }
}
