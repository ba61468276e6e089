internal import Crypto
internal import Foundation
internal import JWTKit
package import Settlement
internal import Synchronization

/// The keys that sign access tokens: the newest signs as soon as everybody knows it, and each is trusted until the last token that it
/// signed has expired.
package final class SigningKeys: Sendable {
    /// A token that one of our keys has signed and whose issuer is ours.
    ///
    /// It may have expired or been ended.
    package struct ReadToken: Sendable {
        package var payload: AccessTokenPayload
        package var claims: TokenClaims

        package func isExpired(at now: Timestamp) -> Bool { payload.exp <= now.seconds }
    }

    /// What is in force; replaced as a whole.
    private struct Keys: Sendable {
        var newest: StoredSigningKey
        /// Those that open, the oldest first.
        var able: [StoredSigningKey]
        var algorithms: [String: String]
        var collection: JWTKeyCollection
        /// The same keys for what can wait, so that nobody who signs in stands in line behind it.
        var patient: JWTKeyCollection
        var jwks: String
        var version: String
    }

    private struct Header: Decodable {
        var typ: String?
        var alg: String?
        var kid: String?
        var crit: [String]?
    }

    private let keyRing: KeyRing
    private let keys: Mutex<Keys>

    /// The keys of a store, with a first one made when it has none.
    package init(
        store: any SigningKeyStore, keyRing: KeyRing, algorithm: SigningAlgorithm, environment: Environment
    ) async throws(AuthorityError) {
        self.keyRing = keyRing
        var stored = try await store.signingKeys(at: environment.now())
        if stored.newest == nil {
            let key = try Self.makeKey(algorithm, keyRing: keyRing, environment: environment)
            _ = try await store.rotate(to: key, replacing: nil, previousRetireAt: environment.now(), by: .authority)
            stored = try await store.signingKeys(at: environment.now())
        }
        self.keys = Mutex(try await Self.open(stored, keyRing: keyRing))
    }

    /// Takes over what the store has now: another process may have rotated, a key may have retired.
    package func reload(from store: any SigningKeyStore, at now: Timestamp) async throws(AuthorityError) {
        let opened = try await Self.open(try await store.signingKeys(at: now), keyRing: keyRing)
        keys.withLock { $0 = opened }
    }

    /// The key that signs, or will in a moment.
    package var newest: StoredSigningKey { keys.withLock { $0.newest } }

    /// The public keys (RFC 7517 §5).
    package var jwks: String { keys.withLock { $0.jwks } }

    /// Changes whenever a key comes or goes.
    package var version: String { keys.withLock { $0.version } }

    /// Signs a payload as an access token.
    func sign(_ payload: AccessTokenPayload) async throws(AuthorityError) -> String {
        try await sign(
            payload, type: "at+jwt", at: Timestamp(seconds: payload.iat),
            until: Timestamp(seconds: payload.exp) + Limits.clockSkew, patiently: false)
    }

    /// Signs a payload that says itself what it is, for whoever accepts it until then.
    package func sign<Payload: TypedPayload>(
        _ payload: Payload, at now: Timestamp, until end: Timestamp
    ) async throws(AuthorityError) -> String {
        try await sign(payload, type: Payload.type, at: now, until: end, patiently: true)
    }

    private func sign(
        _ payload: some JWTPayload, type: String, at now: Timestamp, until end: Timestamp,
        patiently: Bool
    ) async throws(AuthorityError) -> String {
        let (kid, collection) = keys.withLock { keys in
            ((keys.able.signer(at: now, until: end) ?? keys.newest).id, patiently ? keys.patient : keys.collection)
        }
        do {
            return try await collection.sign(
                payload, kid: JWKIdentifier(string: kid), header: ["typ": .string(type)])
        } catch {
            throw .corrupted("the signing key \(kid) does not sign")
        }
    }

    /// Reads a token that is of our type, signed by one of our keys with that key's own algorithm, and issued by `issuer`;
    /// nil for any other text (RFC 8725 §3.1 and §3.11).
    package func read(_ text: String, issuer: String) async -> ReadToken? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ Base64URL.decode($0) != nil }),
            let header = Base64URL.decode(parts[0]).flatMap({ try? JSONDecoder().decode(Header.self, from: Data($0)) }),
            header.typ?.lowercased() == "at+jwt", header.crit == nil, let kid = header.kid
        else { return nil }
        let (algorithm, collection) = keys.withLock { ($0.algorithms[kid], $0.collection) }
        guard let algorithm, header.alg == algorithm,
            let payload = try? await collection.verify(text, as: AccessTokenPayload.self),
            payload.iss == issuer, let claims = payload.claims
        else { return nil }
        return ReadToken(payload: payload, claims: claims)
    }

    // MARK: Making and opening

    /// A new key, sealed for the store; its id is random.
    package static func makeKey(
        _ algorithm: SigningAlgorithm, keyRing: KeyRing, environment: Environment
    ) throws(AuthorityError) -> StoredSigningKey {
        let id = Base64URL.encode(environment.randomBytes(9))
        let plain: [UInt8] =
            switch algorithm {
            case .es256: Array(P256.Signing.PrivateKey().rawRepresentation)
            case .edDSA: Array(Curve25519.Signing.PrivateKey().rawRepresentation)
            }
        return StoredSigningKey(
            id: id, algorithm: algorithm, sealed: try keyRing.seal(plain, name: id), createdAt: environment.now(),
            retiresAt: nil)
    }

    private static func open(_ stored: [StoredSigningKey], keyRing: KeyRing) async throws(AuthorityError) -> Keys {
        guard let newest = stored.newest else { throw .corrupted("the store has no signing key") }
        let (collection, patient) = (JWTKeyCollection(), JWTKeyCollection())
        var able: [StoredSigningKey] = []
        var jwks: [String] = []
        for key in stored {
            // A key that is on its way out and does not open any more is left out: its tokens are refused.
            guard
                let plain = key.retiresAt == nil
                    ? try keyRing.unseal(key.sealed, name: key.id) : try? keyRing.unseal(key.sealed, name: key.id)
            else { continue }
            do {
                jwks.append(try await add(key, plain: plain, to: collection))
                _ = try await add(key, plain: plain, to: patient)
                able.append(key)
            } catch {
                throw .corrupted("the signing key \(key.id) is not a key of \(key.algorithm.rawValue)")
            }
        }
        let text = #"{"keys":[\#(jwks.joined(separator: ","))]}"#
        return Keys(
            newest: newest, able: able,
            algorithms: Dictionary(stored.map { ($0.id, $0.algorithm.rawValue) }, uniquingKeysWith: { $1 }),
            collection: collection, patient: patient, jwks: text,
            version: Base64URL.encode(Array(SHA256.hash(data: Data(text.utf8)).prefix(9))))
    }

    /// Adds a key to the collection and gives its public part as a JWK (RFC 7517 §4, RFC 7518 §6.2, RFC 8037 §2).
    private static func add(
        _ key: StoredSigningKey, plain: [UInt8], to collection: JWTKeyCollection
    ) async throws -> String {
        let kid = JWKIdentifier(string: key.id)
        let common = #""use":"sig","kid":"\#(key.id)","alg":"\#(key.algorithm.rawValue)""#
        switch key.algorithm {
        case .es256:
            let privateKey = try P256.Signing.PrivateKey(rawRepresentation: plain)
            await collection.add(ecdsa: try ES256PrivateKey(backing: privateKey), kid: kid)
            let point = Array(privateKey.publicKey.rawRepresentation)
            let (x, y) = (Base64URL.encode(point.prefix(32)), Base64URL.encode(point.suffix(32)))
            return #"{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)",\#(common)}"#
        case .edDSA:
            let privateKey = try Curve25519.Signing.PrivateKey(rawRepresentation: plain)
            await collection.add(eddsa: EdDSA.PrivateKey(backing: privateKey), kid: kid)
            let x = Base64URL.encode(privateKey.publicKey.rawRepresentation)
            return #"{"kty":"OKP","crv":"Ed25519","x":"\#(x)",\#(common)}"#
        }
    }
}
