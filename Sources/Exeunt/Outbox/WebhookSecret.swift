internal import Crypto
internal import Foundation

/// The key that a webhook's messages are signed with: `whsec_` and 32 bytes in base64 (Standard Webhooks).
package struct WebhookSecret: Sendable, CustomStringConvertible {
    /// Bytes of a new one; the convention asks for 24 to 64.
    package static let byteCount = 32

    private let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }

    /// What is sealed for the store.
    var plain: [UInt8] { bytes }

    /// `v1,` and the HMAC-SHA256 of a message with its name and time, in base64.
    package func signature(of body: [UInt8], id: String, timestamp: Int64) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(id).\(timestamp).".utf8) + body, using: SymmetricKey(data: bytes))
        return "v1," + Data(code).base64EncodedString()
    }

    /// The text for the receiver; the one place where the secret leaves this type.
    package var revealed: String { "whsec_" + Data(bytes).base64EncodedString() }

    package var description: String { "whsec_(redacted)" }
}
