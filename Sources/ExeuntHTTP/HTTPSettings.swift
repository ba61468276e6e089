package import Exeunt

/// How the authority meets the network.
package struct HTTPSettings: Sendable {
    /// The address that people and programs reach it by.
    package var publicURL: PublicURL
    /// The peers whose `X-Forwarded-For` is believed.
    package var trustedProxies: [AddressBlock] = []
    /// Where to go after a sign-out that names no place: a path of ours.
    package var defaultReturn = "/signed-out"
    /// Absolute URLs that a sign-out may lead to, exactly.
    package var returnURLs: [String] = []
    /// Whether the sign-out answer also asks the browser to clear its HTTP cache.
    package var clearsCache = false
    /// Days that "remember me" promises on the sign-in page.
    package var rememberDays = 30

    package init(publicURL: PublicURL) { self.publicURL = publicURL }
}
