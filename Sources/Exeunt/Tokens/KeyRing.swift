internal import Crypto
internal import Foundation

/// The keys that are derived from the master keys, none of which is ever in the store.
///
/// Each master key gives one key per purpose (HKDF, RFC 5869): for the MACs of rotating tokens, for the handles of resumed
/// sessions, and for sealing signing keys. The newest master key makes; every one still in the file is honoured.
package struct KeyRing: Sendable {
    private struct Derived: Sendable {
        let tokens: SymmetricKey
        let handles: SymmetricKey
        let sealing: SymmetricKey

        init(_ master: SymmetricKey) {
            tokens = Self.derive(master, for: "exeunt rotating token v1")
            handles = Self.derive(master, for: "exeunt resumed handle v1")
            sealing = Self.derive(master, for: "exeunt signing key seal v1")
        }

        private static func derive(_ master: SymmetricKey, for purpose: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(inputKeyMaterial: master, info: Data(purpose.utf8), outputByteCount: 32)
        }
    }

    private let keys: [UInt8: Derived]
    private let newestID: UInt8
    private let newest: Derived

    /// A ring of master keys of 32 bytes or more each, the newest last.
    ///
    /// Throws `invalidArgument` for no key, a short key, or two of one id.
    package init(masterKeys: [(id: UInt8, key: [UInt8])]) throws(AuthorityError) {
        guard let last = masterKeys.last else { throw .invalidArgument("the key ring needs a master key") }
        guard masterKeys.allSatisfy({ $0.key.count >= 32 }) else {
            throw .invalidArgument("a master key has 32 bytes or more")
        }
        guard Set(masterKeys.map(\.id)).count == masterKeys.count else {
            throw .invalidArgument("two master keys have one id")
        }
        keys = Dictionary(uniqueKeysWithValues: masterKeys.map { ($0.id, Derived(SymmetricKey(data: $0.key))) })
        newestID = last.id
        newest = Derived(SymmetricKey(data: last.key))
    }

    // MARK: Rotating tokens

    /// The first token of a new family of 16 random bytes.
    package func firstToken(_ kind: RotatingToken.Kind, family: [UInt8]) -> RotatingToken {
        token(kind, family: family, generation: 0)
    }

    /// The token of `generation` in the family of a token that has been authenticated.
    package func token(of presented: RotatingToken, generation: UInt32) -> RotatingToken {
        token(presented.kind, family: presented.family, generation: generation)
    }

    /// Whether a presented token was made here: its MAC is right under a key that we still have.
    package func authenticates(_ token: RotatingToken) -> Bool {
        guard let key = keys[token.keyID] else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(
            token.mac, authenticating: Self.message(token.kind, token.family, token.generation), using: key.tokens)
    }

    /// The handle of the session that a remember-me token of this family and generation opens.
    ///
    /// It is a function of the key, so a browser whose answer was lost gets the very same cookie when it asks again.
    package func resumedHandle(of presented: RotatingToken, generation: UInt32) -> SessionHandle {
        SessionHandle(bytes: resumed(.handle, presented, generation))
    }

    /// The first refresh token of that session, made likewise.
    package func resumedRefreshToken(of presented: RotatingToken, generation: UInt32) -> RotatingToken {
        firstToken(.refresh, family: Array(resumed(.family, presented, generation).prefix(RotatingToken.familyBytes)))
    }

    private enum ResumedSecret: UInt8 { case handle = 1, family = 2 }

    private func resumed(_ secret: ResumedSecret, _ presented: RotatingToken, _ generation: UInt32) -> [UInt8] {
        let message = [secret.rawValue] + Self.message(presented.kind, presented.family, generation)
        return Array(HMAC<SHA256>.authenticationCode(for: message, using: newest.handles))
    }

    private func token(_ kind: RotatingToken.Kind, family: [UInt8], generation: UInt32) -> RotatingToken {
        let mac = HMAC<SHA256>.authenticationCode(for: Self.message(kind, family, generation), using: newest.tokens)
        return RotatingToken(kind: kind, keyID: newestID, family: family, generation: generation, mac: Array(mac))
    }

    private static func message(_ kind: RotatingToken.Kind, _ family: [UInt8], _ generation: UInt32) -> [UInt8] {
        [kind.rawValue] + family + generation.bigEndianBytes
    }

    // MARK: Sealing

    /// A private key encrypted for the store (AES-256-GCM, the name bound to it), with the id of the master key in front.
    package func seal(_ plain: [UInt8], name: String) throws(AuthorityError) -> [UInt8] {
        do {
            let box = try AES.GCM.seal(plain, using: newest.sealing, authenticating: Array(name.utf8))
            guard let combined = box.combined else { throw AuthorityError.corrupted("cannot seal the key \(name)") }
            return [newestID] + combined
        } catch {
            throw .corrupted("cannot seal the key \(name)")
        }
    }

    /// What ``seal(_:name:)`` was given.
    ///
    /// Throws `corrupted` when the master key is not the one that sealed it, or a byte has changed.
    package func unseal(_ sealed: [UInt8], name: String) throws(AuthorityError) -> [UInt8] {
        guard let id = sealed.first, let key = keys[id] else {
            throw .corrupted("the signing key \(name) was sealed by a master key that is not in the key file")
        }
        do {
            let box = try AES.GCM.SealedBox(combined: sealed.dropFirst())
            return Array(try AES.GCM.open(box, using: key.sealing, authenticating: Array(name.utf8)))
        } catch {
            throw .corrupted("the signing key \(name) does not open with the master key of the key file")
        }
    }
}
