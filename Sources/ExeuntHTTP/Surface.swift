package import Exeunt

/// What the routes share.
///
/// Each route is a method of it, in a file of its own under `Routes/`.
package struct Surface: Sendable {
    let authority: Authority
    /// Nil where the built-in sign-in is switched off.
    let signIn: SignIn?
    let revocations: RevocationFeed
    let followers: Followers
    let settings: HTTPSettings
    let cookies: SessionCookies
    let callers: CallerAuthentication
    let returns: SafeReturn
    let pages: Pages
    let feedTexts = FeedTexts()
    let metricsText: @Sendable () -> String
    /// Nil where nothing is pushed.
    let outgoing: (any OutgoingHTTP)?
    let polls: StreamPolls
    let verifications = VerificationPace()
    let statusLists: StatusLists

    /// Throws when a template of the pages is broken.
    package init(
        authority: Authority, signIn: SignIn?, revocations: RevocationFeed, followers: Followers,
        settings: HTTPSettings, outgoing: (any OutgoingHTTP)? = nil,
        metricsText: @escaping @Sendable () -> String
    ) throws {
        self.authority = authority
        self.signIn = signIn
        self.revocations = revocations
        self.followers = followers
        self.settings = settings
        self.cookies = SessionCookies(isSecure: settings.publicURL.isSecure)
        self.outgoing = outgoing
        self.polls = StreamPolls(authority, clock: ContinuousClock())
        self.statusLists = StatusLists(authority)
        self.callers = CallerAuthentication(authority: authority)
        self.returns = SafeReturn(registered: settings.returnURLs)
        self.pages = try Pages()
        self.metricsText = metricsText
    }
}
