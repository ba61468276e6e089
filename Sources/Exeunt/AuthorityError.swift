/// Every failure that a caller can act on.
package enum AuthorityError: Error, Hashable, Sendable {
    /// The store could not do it, and nothing was changed: a full disk, a lock that did not come free, a broken file.
    case storeUnavailable(reason: String)
    /// The store went away while it was asked to commit: it was done or it was not. To ask for the same again does no harm.
    case storeUndecided(reason: String)
    /// The store is older than what has been seen of it, so what ended since would be live again; an operator must end everyone's
    /// sessions.
    case storeIsBehind(reason: String)
    /// Too much is waiting already; nothing was changed.
    case overloaded
    /// An argument is not what it should be; the text says which and what would be right.
    case invalidArgument(String)
    /// The credential opens nothing, and no more is said about why.
    case invalidCredential
    /// Nobody has the address that was to name a subject.
    case subjectNotFound
    /// There is no such session, or it is not the caller's.
    case sessionNotFound
    /// The subject has as many sessions as the policy allows, and the policy refuses new ones.
    case tooManySessions
    /// A verifier's name is in use by another client, or by a newer poll.
    case followerElsewhere
    /// The provider has ended the session that was to be the ground of this one.
    case upstreamEnded
    /// There are as many receivers as there may be.
    case tooManyReceivers
    /// There is no such client.
    case clientNotFound
    /// A client or an account of that name exists.
    case alreadyExists
    /// Too many attempts; the next one is welcome after so long.
    case throttled(retryAfter: Duration)
    /// What is stored contradicts itself or cannot be unsealed; an operator must look.
    case corrupted(String)
}
