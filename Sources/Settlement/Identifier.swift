/// A random name of 128 bits: of a session (`sid`) or of one token (`jti`).
///
/// It names; it does not open anything.
package struct Identifier: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The identifier of sixteen bytes, or nil for any other number of them.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self.high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        self.low = bytes.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The sixteen bytes, most significant first.
    package var bytes: [UInt8] {
        (0..<16).map { index in
            let half = index < 8 ? high : low
            return UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * (index % 8)))
        }
    }
}

extension Identifier: LosslessStringConvertible {
    /// The identifier of its text: 22 characters of base64url, as ``description`` writes them.
    package init?(_ description: String) {
        guard description.utf8.count == 22, let bytes = Base64URL.decode(description) else { return nil }
        self.init(bytes: bytes)
    }

    package var description: String { Base64URL.encode(bytes) }
}
