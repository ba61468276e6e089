/// The bearer token that a provider pushes its security events with.
package typealias PushToken = BearerSecret<PushTokenKind>

/// The kind of a ``PushToken``.
package enum PushTokenKind: BearerSecretKind {
    package static let prefix = "exp_"
}
