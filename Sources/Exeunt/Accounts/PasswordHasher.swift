internal import Crypto
internal import CryptoExtras
internal import Dispatch
internal import Foundation
internal import Settlement
internal import Synchronization

/// Hashes passwords with scrypt (RFC 7914), away from the threads that serve requests, a bounded number at a time.
///
/// A hash reads `$scrypt$ln=15,r=8,p=1$SALT$HASH`, so that its cost can be raised later without breaking old ones.
package final class PasswordHasher: Sendable {
    private struct Encoded {
        var log2N: Int
        var salt: [UInt8]
        var hash: [UInt8]
    }

    private static let blockSize = 8
    private static let saltBytes = 16
    private static let hashBytes = 32
    private static let maximumLog2N = 20

    private let log2N: Int
    private let environment: Environment
    private let workers: [DispatchQueue]
    private let pending = Mutex(0)
    /// Checked against when there is no account, so that its absence takes as long as a wrong password.
    private let decoy: Encoded

    /// A hasher of cost 2^`log2N` (14 to 20 in production) with so many hashes at once.
    package init(log2N: Int, concurrency: Int, environment: Environment) {
        self.log2N = min(max(log2N, 1), Self.maximumLog2N)
        self.environment = environment
        self.workers = (0..<max(1, concurrency)).map { DispatchQueue(label: "exeunt.password-hasher.\($0)") }
        self.decoy = Encoded(
            log2N: self.log2N, salt: environment.randomBytes(Self.saltBytes),
            hash: environment.randomBytes(Self.hashBytes))
    }

    /// The encoded hash of a password.
    ///
    /// Throws `invalidArgument` for a password outside ``Limits/passwordCharacters`` and ``Limits/passwordBytes``, and
    /// `overloaded` beyond ``Limits/pendingPasswordHashes``.
    package func hash(_ password: String) async throws(AuthorityError) -> String {
        guard password.count >= Limits.passwordCharacters else {
            throw .invalidArgument("a password has at least \(Limits.passwordCharacters) characters")
        }
        guard password.utf8.count <= Limits.passwordBytes else {
            throw .invalidArgument("a password has at most \(Limits.passwordBytes) bytes")
        }
        let salt = environment.randomBytes(Self.saltBytes)
        let hash = try await derive(password, salt: salt, log2N: log2N)
        return "$scrypt$ln=\(log2N),r=\(Self.blockSize),p=1$\(Base64URL.encode(salt))$\(Base64URL.encode(hash))"
    }

    /// Whether a password is the one that was hashed; with no hash it says no, and takes as long to say it.
    ///
    /// Throws `overloaded` beyond ``Limits/pendingPasswordHashes``.
    package func verify(_ password: String, against encoded: String?) async throws(AuthorityError) -> Bool {
        let expected = encoded.flatMap(Self.decode)
        let reference = expected ?? decoy
        let clipped = password.utf8.count <= Limits.passwordBytes ? password : ""
        let hash = try await derive(clipped, salt: reference.salt, log2N: reference.log2N)
        return constantTimeEqual(hash, reference.hash) && expected != nil
    }

    private func derive(_ password: String, salt: [UInt8], log2N: Int) async throws(AuthorityError) -> [UInt8] {
        let turn = pending.withLock { pending -> Int? in
            guard pending < Limits.pendingPasswordHashes else { return nil }
            pending += 1
            return pending
        }
        guard let turn else { throw .overloaded }
        defer { pending.withLock { $0 -= 1 } }
        let worker = workers[turn % workers.count]
        let result: Result<[UInt8], AuthorityError> = await withCheckedContinuation { continuation in
            worker.async {
                do {
                    let key = try KDF.Scrypt.deriveKey(
                        from: Data(password.utf8), salt: Data(salt), outputByteCount: Self.hashBytes,
                        rounds: 1 << log2N, blockSize: Self.blockSize, parallelism: 1,
                        maxMemory: (1 << log2N) * Self.blockSize * 128 * 2 + 1 << 20)
                    continuation.resume(returning: .success(key.withUnsafeBytes { Array($0) }))
                } catch {
                    continuation.resume(returning: .failure(.corrupted("scrypt failed")))
                }
            }
        }
        return try result.get()
    }

    private static func decode(_ encoded: String) -> Encoded? {
        let parts = encoded.split(separator: "$")
        guard parts.count == 4, parts[0] == "scrypt", parts[1].hasSuffix(",r=\(blockSize),p=1"),
            let log2N = parts[1].dropFirst(3).split(separator: ",").first.flatMap({ Int($0) }),
            (1...maximumLog2N).contains(log2N), let salt = Base64URL.decode(parts[2]),
            let hash = Base64URL.decode(parts[3])
        else { return nil }
        return Encoded(log2N: log2N, salt: salt, hash: hash)
    }
}
