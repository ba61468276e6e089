package import Logging

/// The session authority: every use case is a method of it, in the folder of its subject.
///
/// It holds no state of its own but the keys; the truth is in the store.
package struct Authority: Sendable {
    package let store: any Store
    package let keyRing: KeyRing
    package let signingKeys: SigningKeys
    package let policy: AuthorityPolicy
    package let environment: Environment
    package let logger: Logger

    package init(
        store: any Store, keyRing: KeyRing, signingKeys: SigningKeys, policy: AuthorityPolicy, environment: Environment,
        logger: Logger
    ) {
        self.store = store
        self.keyRing = keyRing
        self.signingKeys = signingKeys
        self.policy = policy
        self.environment = environment
        self.logger = logger
    }
}
