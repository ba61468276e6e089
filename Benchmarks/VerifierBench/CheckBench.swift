import Crypto
import ExeuntVerifier
import Foundation
import Logging
import Settlement

/// Checks of access tokens, beside the least that could do something of the kind.
struct CheckBench: Encodable {
    /// A token that was checked before: text to identity, with its revocations and the lease.
    var cachedNs: [Double] = []
    /// The same text looked up in a Swift dictionary.
    var dictionaryNs: [Double] = []
    /// A token's sixteen-byte identifier looked up in a Swift dictionary.
    var identifierDictionaryNs: [Double] = []
    /// A token that was never seen.
    var firstNs: [Double] = []
    /// One ECDSA signature on P-256 over a message of the same length, by the same library.
    var signatureNs: [Double] = []
    /// One `GET` of a session's key over loopback.
    var redisGetNs: [Double]?

    private static let tokens = 1000
    private static let revocations = 1000
    private static let roundCount = 5
    private static let fast = 400_000
    private static let slow = 4000

    static func run(_ environment: [String: String]) async throws -> CheckBench {
        func value(_ name: String) throws -> String {
            guard let value = environment[name] else { throw Missing(name: name) }
            return value
        }
        var configuration = VerifierConfiguration(
            issuer: try value("ISSUER"), clientID: try value("CLIENT_ID"),
            clientSecret: ClientSecret(try value("CLIENT_SECRET")))
        let remembering = try TokenVerifier(configuration, logger: quiet)
        configuration.cacheCapacity = 0
        let forgetful = try TokenVerifier(configuration, logger: quiet)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await remembering.run() }
            group.addTask { try await forgetful.run() }
            try await remembering.untilLive()
            try await forgetful.untilLive()
            let bench = try await measure(
                remembering, forgetful, redis: environment["REDIS_PORT"].flatMap { UInt16($0) })
            group.cancelAll()
            return bench
        }
    }

    struct Missing: Error { var name: String }

    private static let quiet = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }

    private static func measure(
        _ remembering: TokenVerifier, _ forgetful: TokenVerifier, redis port: UInt16?
    ) async throws -> CheckBench {
        for number in 0..<revocations {
            let over = try await remembering.authority.openSession(subject: "gone-\(number)")
            _ = try await remembering.authority.signOut(over.accessToken)
        }
        var tokens: [String] = []
        for number in 0..<Self.tokens {
            tokens.append(try await remembering.authority.openSession(subject: "user-\(number)").accessToken)
        }
        return try await onThreadOfItsOwn { [tokens] in try rounds(remembering, forgetful, tokens, redis: port) }
    }

    /// What some work gives, which takes long and must not keep the verifiers' tasks from running meanwhile.
    private static func onThreadOfItsOwn(
        _ work: @escaping @Sendable () throws -> CheckBench
    ) async throws -> CheckBench {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
        }
    }

    private static func rounds(
        _ remembering: TokenVerifier, _ forgetful: TokenVerifier, _ tokens: [String], redis port: UInt16?
    ) throws -> CheckBench {
        let redis = try port.map { try RedisConnection(port: $0) }
        var bench = CheckBench(redisGetNs: redis == nil ? nil : [])
        let plain = try Plain(tokens)
        for _ in 0..<roundCount {
            bench.cachedNs.append(try cycle(tokens, fast) { _ = try remembering.verify($0) })
            bench.dictionaryNs.append(try cycle(tokens, fast) { try plain.lookUp($0) })
            bench.identifierDictionaryNs.append(try cycle(plain.identifiers, fast) { try plain.lookUp($0) })
            bench.firstNs.append(try cycle(tokens, slow) { _ = try forgetful.verify($0) })
            bench.signatureNs.append(try cycle(plain.signatures, slow) { try plain.verify($0) })
            if let redis {
                bench.redisGetNs?.append(try cycle(plain.redisKeys, slow) { try redis.get($0) })
            }
        }
        return bench
    }

    /// Nanoseconds for one of so many calls, each with the next of these values.
    private static func cycle<Value>(_ values: [Value], _ count: Int, _ work: (Value) throws -> Void) throws -> Double {
        for value in values { try work(value) }
        var next = 0
        return try nanoseconds(count) {
            for _ in 0..<count {
                try work(values[next])
                next = next + 1 < values.count ? next + 1 : 0
            }
        }
    }
}

/// What the checks are compared with.
private struct Plain {
    private let byText: [String: Int]
    private let byIdentifier: [Identifier: Int]
    let identifiers: [Identifier]
    let redisKeys: [String]
    let signatures: [P256.Signing.ECDSASignature]
    private let signed: [UInt8]
    private let signer: P256.Signing.PublicKey

    private struct Wrong: Error {}

    init(_ tokens: [String]) throws {
        // Copies, because a request brings its text anew: no two are the same storage.
        let copies = tokens.map { String(decoding: Array($0.utf8), as: UTF8.self) }
        byText = Dictionary(uniqueKeysWithValues: zip(copies, 0...))
        identifiers = tokens.map { _ in Identifier(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max)) }
        byIdentifier = Dictionary(uniqueKeysWithValues: zip(identifiers, 0...))
        redisKeys = identifiers.map { "revoked:\($0)" }
        let length = (tokens.first?.utf8.count ?? 0) - 87
        signed = (0..<length).map { _ in .random(in: 0 ... .max) }
        let key = P256.Signing.PrivateKey()
        signer = key.publicKey
        signatures = try (0..<32).map { [signed] _ in try key.signature(for: signed) }
    }

    func lookUp(_ text: String) throws { guard byText[text] != nil else { throw Wrong() } }

    func lookUp(_ identifier: Identifier) throws { guard byIdentifier[identifier] != nil else { throw Wrong() } }

    func verify(_ signature: P256.Signing.ECDSASignature) throws {
        guard signer.isValidSignature(signature, for: signed) else { throw Wrong() }
    }
}
