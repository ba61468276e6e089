package import Exeunt

/// What the routes share.
///
/// Each route is a method of it, in a file of its own under `Routes/`.
package struct Surface: Sendable {
    let authority: Authority
    /// Nil where the built-in sign-in is switched off.
    let signIn: SignIn?
    let feed: RevocationFeed
    let settings: HTTPSettings
    let cookies: SessionCookies
    let callers: CallerAuthentication
    let returns: SafeReturn
    let pages: Pages
    let metricsText: @Sendable () -> String

    /// Throws when a template of the pages is broken.
    package init(
        authority: Authority, signIn: SignIn?, feed: RevocationFeed, settings: HTTPSettings,
        metricsText: @escaping @Sendable () -> String
    ) throws {
        self.authority = authority
        self.signIn = signIn
        self.feed = feed
        self.settings = settings
        self.cookies = SessionCookies(isSecure: settings.publicURL.isSecure)
        self.callers = CallerAuthentication(authority: authority)
        self.returns = SafeReturn(registered: settings.returnURLs)
        self.pages = try Pages()
        self.metricsText = metricsText
    }
}
