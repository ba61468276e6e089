internal import Crypto
package import Settlement

/// The names of what a receiver is told: the same at each attempt, so that it knows a repeat for what it is.
package enum EventIdentifier {
    /// The end of a session, as told to a receiver.
    package static func ended(_ session: Identifier, to receiver: Identifier) -> String {
        name("ended", receiver.bytes + session.bytes)
    }

    /// A verification of a stream.
    package static func verification(_ verification: Identifier, to receiver: Identifier) -> String {
        name("verification", receiver.bytes + verification.bytes)
    }

    /// The end of a session, as told to anybody (`txn`, RFC 8417 §2.2).
    package static func transaction(_ session: Identifier) -> String { name("transaction", session.bytes) }

    /// 128 bits that do not tell what they were made of.
    private static func name(_ kind: String, _ bytes: [UInt8]) -> String {
        Base64URL.encode(Array(SHA256.hash(data: Array("exeunt \(kind) v1".utf8) + bytes).prefix(16)))
    }
}
