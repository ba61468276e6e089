public import ExeuntVerifier
public import Logging
internal import RedisLink
internal import Settlement

/// Checks the authority's access tokens with the mirror of its log in Redis: one round trip for each check.
///
/// It is for servers that cannot hold a connection to the authority. ``TokenVerifier`` needs no network for a check, and tells of the
/// end of a session besides. The rules and the keys are the same; the keys are fetched from the authority.
public final class RedisTokenVerifier: Sendable {
    /// The authority, as this server's client.
    public var authority: AuthorityClient { verifier.authority }
    private let verifier: TokenVerifier
    private let checks: RedisChecks
    private let onLapse: RedisConfiguration.LapsePolicy

    /// A verifier that connects with its first check; of the configuration, `mode` is of no meaning here.
    ///
    /// Throws when the configuration cannot be meant.
    public convenience init(
        _ configuration: VerifierConfiguration, redis: RedisConfiguration,
        logger: Logger = Logger(label: "exeunt.verifier")
    ) throws(VerifierConfiguration.Fault) {
        try self.init(configuration, redis: redis, environment: .live, logger: logger)
    }

    package init(
        _ configuration: VerifierConfiguration, redis: RedisConfiguration, environment: VerifierEnvironment,
        logger: Logger
    ) throws(VerifierConfiguration.Fault) {
        let address: RedisAddress
        do throws(RedisAddress.Fault) {
            address = try RedisAddress(redis.url)
        } catch {
            throw VerifierConfiguration.Fault(description: "url: \(error)")
        }
        guard let keys = DenylistKeys(prefix: redis.prefix) else {
            throw VerifierConfiguration.Fault(description: "prefix has letters, digits, `.`, `_`, `-` and `:` only")
        }
        guard RedisCheckLimits.patience.contains(redis.patience) else {
            throw VerifierConfiguration.Fault(description: "patience is between 10 milliseconds and 10 seconds")
        }
        var configuration = configuration
        configuration.mode = .introspection()
        verifier = try TokenVerifier(configuration, environment: environment, logger: logger)
        checks = RedisChecks(
            address, keys: keys, patience: redis.patience, now: { environment.reading().moment })
        onLapse = redis.onLapse
    }

    /// Who shows this access token, if it is accepted now.
    ///
    /// Throws `stale` when Redis does not answer, or nobody vouches for what it says: that is a `503` with `Retry-After`.
    public func verify(_ token: String) async throws(VerificationError) -> Identity {
        do throws(VerificationError) {
            let identity = try await judge(token)
            verifier.counted(nil)
            return identity
        } catch {
            if case .stale = error, onLapse == .introspect { return try await verifier.verifyOrAsk(token) }
            verifier.counted(error)
            throw error
        }
    }

    /// Closes the connections; it verifies nothing any more.
    public func close() async {
        checks.close()
        await verifier.authority.close()
    }

    private func judge(_ token: String) async throws(VerificationError) -> Identity {
        let (identity, claims) = try await verifier.genuine(token)
        guard let answer = await checks.answer(on: claims), let version = answer.keysVersion else {
            throw .stale(retryAfter: RedisCheckLimits.retryAfter)
        }
        if answer.isOver(claims) { throw .ended }
        if verifier.hasKeys(version: version) { return identity }
        // A signing key has come or gone. One that has gone may be the very one that has signed this.
        do throws(AuthorityFailure) {
            try await verifier.keepKeys(version: version)
        } catch {
            throw .stale(retryAfter: RedisCheckLimits.retryAfter)
        }
        return try await verifier.genuine(token).identity
    }
}
