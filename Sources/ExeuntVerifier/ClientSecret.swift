/// The secret with which an application shows the authority who it is.
public struct ClientSecret: Sendable, CustomStringConvertible, CustomReflectable {
    let revealed: String

    /// The secret, as `exeunt clients add` has printed it.
    public init(_ secret: String) { revealed = secret }

    /// Not the secret.
    public var description: String { "client secret (redacted)" }

    /// Empty, so that a dump shows nothing either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
