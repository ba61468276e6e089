/// The public keys of a provider (RFC 7517 §5), as far as they verify signatures that we know.
package struct ProviderKeySet: Sendable {
    /// Why a document is no key set that helps.
    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    private let keys: [ProviderKey]

    /// The keys of a JWKS; keys for other uses, of other kinds or too weak are passed over.
    package init(jwks: [UInt8]) throws(Fault) {
        guard case .array(let entries) = StrictJSON(jwks)?.object?["keys"] else {
            throw Fault(description: "the key set is no JSON object with an array of keys")
        }
        guard entries.count <= Limits.providerKeys else {
            throw Fault(description: "the key set has more than \(Limits.providerKeys) keys")
        }
        keys = entries.compactMap { $0.object.flatMap(ProviderKey.init(jwk:)) }
        guard !keys.isEmpty else { throw Fault(description: "the key set has no key that verifies signatures") }
    }

    /// Whether the one key that a token means has signed it.
    ///
    /// It means the key with its `kid` and its algorithm. Without a `kid` there must be just one of that algorithm: to try one key
    /// after the other is to let whoever holds any of them sign.
    func hasSigned(_ token: ForeignToken) -> Bool {
        let fitting = keys.filter { key in
            guard let id = token.keyID else { return true }
            return key.id.map(id.isExactly) ?? false
        }.filter { $0.canHaveSigned(token) }
        return fitting.count == 1 && fitting[0].hasSigned(token)
    }
}
