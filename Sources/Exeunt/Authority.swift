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
    /// The verifiers that endings are settled with; nil in a process that nobody follows, such as a command.
    package let followers: Followers?
    /// The copy of the log for whoever cannot follow it; nil when there is none.
    package var mirror: (any RevocationMirror)?
    /// Who is told of endings, for those who want to know how far that is.
    let receiversAtHand: ReceiversAtHand
    /// The keys of the providers that are heard; nil in a process that hears nobody, such as a command.
    package var providerKeys: ProviderKeys?
    /// How long an ending waits to be settled before it is answered.
    package var patience = Patience.untilSettled

    package init(
        store: any Store, keyRing: KeyRing, signingKeys: SigningKeys, policy: AuthorityPolicy, environment: Environment,
        logger: Logger, followers: Followers? = nil
    ) {
        self.store = store
        self.keyRing = keyRing
        self.signingKeys = signingKeys
        self.policy = policy
        self.environment = environment
        self.logger = logger
        self.followers = followers
        receiversAtHand = ReceiversAtHand(store: store, moment: environment.moment)
    }

    /// The same authority, for a caller who waits that long for an ending to be settled.
    package func waiting(_ patience: Patience) -> Authority {
        var authority = self
        authority.patience = patience
        return authority
    }
}
