import ExeuntRedisVerifier
import ExeuntVerifier
import Foundation
import Logging

/// Checks of access tokens with the mirror in Redis, beside a bare `GET` of the same Redis over the same loopback.
struct RedisBench: Encodable {
    /// A check of a token whose signature is known to be good: one round trip, one check after the other.
    var checkNs: [Double] = []
    /// One `GET` over a socket that blocks, one after the other.
    var getNs: [Double] = []
    /// The same checks, with many under way at once.
    var togetherNs: [Double] = []

    private static let tokens = 500
    private static let roundCount = 5
    private static let checks = 8000
    private static let atOnce = 64

    static func run(_ environment: [String: String]) async throws -> RedisBench {
        func value(_ name: String) throws -> String {
            guard let value = environment[name] else { throw CheckBench.Missing(name: name) }
            return value
        }
        guard let port = UInt16(try value("REDIS_PORT")) else { throw CheckBench.Missing(name: "REDIS_PORT") }
        var configuration = VerifierConfiguration(
            issuer: try value("ISSUER"), clientID: try value("CLIENT_ID"),
            clientSecret: ClientSecret(try value("CLIENT_SECRET")))
        configuration.endpoint = try value("ENDPOINT")
        let quiet = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        let verifier = try RedisTokenVerifier(
            configuration, redis: RedisConfiguration(url: "redis://127.0.0.1:\(port)"), logger: quiet)
        var tokens: [String] = []
        for number in 0..<Self.tokens {
            tokens.append(try await verifier.authority.openSession(subject: "checked-\(number)").accessToken)
        }
        for token in tokens { _ = try await verifier.verify(token) }
        let bench = try await measure(verifier, tokens, RedisConnection(port: port))
        await verifier.close()
        return bench
    }

    private static func measure(
        _ verifier: RedisTokenVerifier, _ tokens: [String], _ redis: RedisConnection
    ) async throws -> RedisBench {
        let clock = ContinuousClock()
        func each(_ duration: Duration) -> Double { duration / .nanoseconds(1) / Double(checks) }
        var bench = RedisBench()
        for _ in 0..<roundCount {
            bench.checkNs.append(
                each(
                    try await clock.measure {
                        for turn in 0..<checks { _ = try await verifier.verify(tokens[turn % tokens.count]) }
                    }))
            bench.getNs.append(
                each(
                    try clock.measure {
                        for turn in 0..<checks { try redis.get("{exeunt:1}:session:\(turn % tokens.count)") }
                    }))
            bench.togetherNs.append(each(try await clock.measure { try await checkTogether(verifier, tokens) }))
        }
        return bench
    }

    private static func checkTogether(_ verifier: RedisTokenVerifier, _ tokens: [String]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for first in 0..<atOnce {
                group.addTask {
                    for turn in stride(from: first, to: checks, by: atOnce) {
                        _ = try await verifier.verify(tokens[turn % tokens.count])
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
