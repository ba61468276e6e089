internal import Settlement

/// A token that changes with each use: a refresh token (`exr_`) or a remember-me token (`exm_`).
///
/// It names a family and a generation, with a MAC over both. The token of a generation is a function of the server's key,
/// so none is ever stored, and asking for a generation again gives the same bytes.
package struct RotatingToken: Sendable, CustomStringConvertible {
    package enum Kind: UInt8, Sendable {
        case refresh = 1
        case remember = 2

        package var prefix: String {
            switch self {
            case .refresh: "exr_"
            case .remember: "exm_"
            }
        }
    }

    static let familyBytes = 16
    static let byteCount = 1 + familyBytes + 4 + 32

    package let kind: Kind
    /// Which of the server's keys the MAC is by.
    let keyID: UInt8
    let family: [UInt8]
    package let generation: UInt32
    let mac: [UInt8]

    /// A token that has been read but whose MAC nobody has checked yet: ``KeyRing/authenticates(_:)`` does.
    package init?(presented text: some StringProtocol) {
        guard let kind = [Kind.refresh, .remember].first(where: { text.hasPrefix($0.prefix) }),
            let bytes = Base64URL.decode(text.dropFirst(kind.prefix.count)), bytes.count == Self.byteCount
        else { return nil }
        self.init(
            kind: kind, keyID: bytes[0], family: Array(bytes[1..<17]),
            generation: bytes[17..<21].reduce(0) { $0 << 8 | UInt32($1) }, mac: Array(bytes[21...]))
    }

    init(kind: Kind, keyID: UInt8, family: [UInt8], generation: UInt32, mac: [UInt8]) {
        self.kind = kind
        self.keyID = keyID
        self.family = family
        self.generation = generation
        self.mac = mac
    }

    /// What the store knows the family by.
    package var familyHash: SecretHash { SecretHash(of: [kind.rawValue] + family) }

    /// The text for the client; the one place where the secret leaves this type.
    package var revealed: String {
        kind.prefix + Base64URL.encode([keyID] + family + generation.bigEndianBytes + mac)
    }

    package var description: String { "\(kind.prefix)(redacted)" }
}

extension UInt32 {
    /// The four bytes, most significant first.
    var bigEndianBytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> UInt32(24 - 8 * $0)) } }
}
