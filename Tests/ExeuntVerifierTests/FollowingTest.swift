import Crypto
import ServiceLifecycle
import Settlement

@testable import ExeuntVerifier

/// A verifier that follows a stand-in of the authority over HTTP, with clocks that are the test's.
struct FollowingTest: Sendable {
    let time = TestTime()
    let one = P256.Signing.PrivateKey()
    let two = Curve25519.Signing.PrivateKey()
    let standIn: StandIn

    init() {
        standIn = StandIn(time: time)
        setKeys(version: "one", TestKeys.jwk(one.publicKey, kid: "one"))
    }

    func setKeys(version: String, _ keys: String...) {
        let jwks = #"{"keys":[\#(keys.joined(separator: ","))]}"#
        standIn.change { ($0.jwks, $0.keysVersion) = (jwks, version) }
    }

    /// Runs a verifier for as long as `body` runs, and then stops it as a server is stopped.
    func follow(
        mode: VerifierConfiguration.Mode = .feed(),
        _ body: @escaping @Sendable (TokenVerifier) async throws -> Void
    ) async throws {
        try await standIn.serve { url in
            var configuration = VerifierConfiguration(
                issuer: TestToken.issuer, clientID: "client_1", clientSecret: ClientSecret("se:cr/et"))
            configuration.endpoint = url
            configuration.mode = mode
            let verifier = try TokenVerifier(configuration, environment: time.environment, logger: SilentLog.logger)
            let group = ServiceGroup(configuration: .init(services: [verifier], logger: SilentLog.logger))
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                do {
                    try await body(verifier)
                } catch {
                    tasks.cancelAll()
                    throw error
                }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }
    }
}
