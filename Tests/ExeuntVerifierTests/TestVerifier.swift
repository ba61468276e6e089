import Crypto
import Settlement
import Synchronization

@testable import ExeuntVerifier

/// A verifier whose clocks, keys and news are the test's; it talks to nobody.
struct TestVerifier {
    static let node = Identifier(high: 3, low: 3)

    let time = TestTime()
    let one = P256.Signing.PrivateKey()
    let two = Curve25519.Signing.PrivateKey()
    let verifier: TokenVerifier

    /// One with two keys and a lease of 3 seconds on a log of nothing.
    init(
        mode: VerifierConfiguration.Mode = .feed(), cacheCapacity: Int = 64, isLive: Bool = true
    ) throws {
        var configuration = VerifierConfiguration(
            issuer: TestToken.issuer, clientID: "client_1", clientSecret: ClientSecret("secret"))
        configuration.mode = mode
        configuration.cacheCapacity = cacheCapacity
        verifier = try TokenVerifier(configuration, environment: time.environment, logger: SilentLog.logger)
        try setKeys(TestKeys.jwks(TestKeys.jwk(one.publicKey, kid: "one"), TestKeys.jwk(two.publicKey, kid: "two")))
        if isLive { hear() }
    }

    func setKeys(_ jwks: String) throws {
        let keys = try PublicKeys(jwks: Array(jwks.utf8))
        verifier.state.withLock { state in
            let fetch = state.beginFetch()
            state.replaceKeys(with: keys, fetch: fetch, version: "v\(fetch)")
        }
    }

    /// The next records come, with a lease that counts from now.
    func hear(_ targets: Revocation.Target..., lease: Int64 = 3000) {
        let applied = verifier.status.applied
        let records = targets.enumerated().map { index, target in
            Revocation(
                seq: applied + UInt64(index) + 1, target: target, until: TestTime.start + 965_000)
        }
        let answer = FeedAnswer(
            node: Self.node, after: applied, through: applied + UInt64(records.count), revocations: records,
            leaseMilliseconds: lease, keysVersion: "v1")
        _ = verifier.apply(answer, asked: time.now)
    }

    func verify(_ token: TestToken = TestToken()) throws -> Identity { try verifier.verify(try token.text(one)) }
}
