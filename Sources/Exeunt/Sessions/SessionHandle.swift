/// The secret in a session cookie: whoever has it is in.
package typealias SessionHandle = BearerSecret<SessionHandleKind>

/// The kind of a ``SessionHandle``.
package enum SessionHandleKind: BearerSecretKind {
    package static let prefix = "exs_"
}
