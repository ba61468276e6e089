internal import Crypto
internal import CryptoExtras
internal import Foundation

/// Makes tokens that must not be accepted.
enum TokenForge {
    /// The token with a payload that nobody has signed.
    static func unsigned(_ token: SignedToken) -> [String] {
        let signature = token.parts[2]
        let changed = "\(token.parts[0]).\(token.changedPayload)"
        return [
            "\(changed).\(signature)", "\(changed).",
            "\(token.parts[0]).\(token.parts[1]).\(String(signature.reversed()))",
        ]
    }

    static func withoutAlgorithm(_ token: SignedToken) -> [String] {
        ["none", "None", "NONE", "nOnE"].map { "\(token.header(["alg": .string($0)])).\(token.changedPayload)." }
    }

    /// Signed with HMAC, the public key in one of its forms being the secret.
    static func swapped(_ token: SignedToken, publicKey: String) -> [String] {
        secrets(publicKey, keyID: token.header["kid"]?.scalar).map { secret in
            let signed = "\(token.header(["alg": .string("HS256")])).\(token.changedPayload)"
            let code = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: SymmetricKey(data: secret))
            return "\(signed).\(Base64URL.encoded(Data(code)))"
        }
    }

    /// The forms in which a program may hold a public key.
    private static func secrets(_ text: String, keyID: String?) -> [Data] {
        var texts = [text, text.trimmed]
        var keys: [Data] = []
        if case .array(let listed)? = JSONValue(text: text)?[pointer: "/keys"] {
            let named = listed.filter { $0[pointer: "/kid"]?.scalar == keyID }
            for key in named.isEmpty ? listed : named {
                texts.append(key.text)
                guard let (pem, der) = encodings(key) else { continue }
                texts += [pem, pem + "\n", pem.trimmed]
                keys.append(der)
            }
        } else if text.contains("-----BEGIN") {
            texts += [text.trimmed + "\n"]
        }
        return texts.map { Data($0.utf8) } + keys
    }

    private static func encodings(_ key: JSONValue) -> (pem: String, der: Data)? {
        func number(_ name: String) -> Data? { key[pointer: "/" + name]?.scalar.flatMap { Base64URL.decoded($0) } }
        switch (key[pointer: "/kty"]?.scalar, key[pointer: "/crv"]?.scalar) {
        case ("RSA", _):
            guard let n = number("n"), let e = number("e"), let key = try? _RSA.Signing.PublicKey(n: n, e: e) else {
                return nil
            }
            return (key.pemRepresentation, key.derRepresentation)
        case ("EC", "P-256"):
            guard let x = number("x"), let y = number("y"),
                let key = try? P256.Signing.PublicKey(rawRepresentation: x + y)
            else { return nil }
            return (key.pemRepresentation, key.derRepresentation)
        case ("OKP", "Ed25519"):
            guard let x = number("x") else { return nil }
            return (x.base64EncodedString(), x)
        default: return nil
        }
    }

    /// Signed with keys of our own, which the tokens themselves carry.
    static func withOwnKeys(_ token: SignedToken) -> [String] {
        var tokens: [String] = []
        let key = P256.Signing.PrivateKey()
        let raw = key.publicKey.rawRepresentation
        let curve: [String: JSONValue] = [
            "kty": .string("EC"), "crv": .string("P-256"), "x": .string(Base64URL.encoded(raw.prefix(32))),
            "y": .string(Base64URL.encoded(raw.suffix(32))),
        ]
        let signed = "\(token.header(["alg": .string("ES256"), "jwk": .object(curve)])).\(token.changedPayload)"
        if let signature = try? key.signature(for: Data(signed.utf8)) {
            tokens.append("\(signed).\(Base64URL.encoded(signature.rawRepresentation))")
        }
        if let key = try? _RSA.Signing.PrivateKey(keySize: .bits2048), let parts = try? key.publicKey.getKeyPrimitives()
        {
            let rsa: [String: JSONValue] = [
                "kty": .string("RSA"), "n": .string(Base64URL.encoded(parts.modulus)),
                "e": .string(Base64URL.encoded(parts.publicExponent)),
            ]
            let signed = "\(token.header(["alg": .string("RS256"), "jwk": .object(rsa)])).\(token.changedPayload)"
            if let signature = try? key.signature(
                for: SHA256.hash(data: Data(signed.utf8)), padding: .insecurePKCS1v1_5)
            {
                tokens.append("\(signed).\(Base64URL.encoded(signature.rawRepresentation))")
            }
        }
        return tokens
    }
}
