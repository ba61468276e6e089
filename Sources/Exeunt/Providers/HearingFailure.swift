/// Why what a provider says was not acted upon, though it may be right; to say it again later can help.
package enum HearingFailure: Error, Hashable, Sendable {
    /// The provider's keys could not be fetched, so nobody can tell whether it is genuine.
    case keysUnavailable
    /// The authority could not do it.
    case authority(AuthorityError)
}
