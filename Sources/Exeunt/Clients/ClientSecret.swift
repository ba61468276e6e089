/// The secret that a client proves itself with.
package typealias ClientSecret = BearerSecret<ClientSecretKind>

/// The kind of a ``ClientSecret``.
package enum ClientSecretKind: BearerSecretKind {
    package static let prefix = "exc_"
}
