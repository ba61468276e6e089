internal import Foundation

/// What a verifier needs to know of the authority, and how it is to check.
public struct VerifierConfiguration: Sendable {
    /// What is done with a token while there is no lease.
    public enum LapsePolicy: Sendable, Hashable {
        /// It is refused, and the caller told to come back.
        case refuse
        /// The authority is asked about that one token, which takes ``TokenVerifier/verifyOrAsk(_:)``.
        case introspect
    }

    /// How a verifier knows that a session lives.
    public enum Mode: Sendable, Hashable {
        /// From memory: it follows the log of revocations, and answers while it holds a lease.
        ///
        /// Without a `lease` the authority grants its usual one, of 3 seconds.
        case feed(lease: Duration? = nil, onLapse: LapsePolicy = .refuse)
        /// By asking the authority, whose word may be kept for so long: for so long a sign-out may go unnoticed.
        case introspection(cachedFor: Duration = .zero)
    }

    /// The authority's name in its tokens (`iss`), such as `https://accounts.example.com`.
    public var issuer: String
    /// Where the authority is reached, if not at its issuer's address.
    public var endpoint: String?
    /// Whom the tokens must be meant for (`aud`); the issuer, if nil, which is also the authority's usual.
    public var audience: String?
    /// The client that this server is to the authority: with the scope `feed`, or `introspect` where it asks.
    public var clientID: String
    /// That client's secret.
    public var clientSecret: ClientSecret
    /// How it knows that a session lives.
    public var mode: Mode = .feed()
    /// The allowed difference between this machine's clock and the authority's, at most half a minute.
    public var clockSkew: Duration = .seconds(5)
    /// How many verified tokens are remembered, so that their signature is not checked again.
    public var cacheCapacity = Limits.cachedTokens

    /// The usual: from memory, with the usual lease.
    public init(issuer: String, clientID: String, clientSecret: ClientSecret) {
        self.issuer = issuer
        self.clientID = clientID
        self.clientSecret = clientSecret
    }

    /// A configuration that cannot be meant.
    public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
        /// Which value, and what it should be.
        public let description: String

        package init(description: String) { self.description = description }
    }

    /// Throws when a value is not what it should be.
    func check() throws(Fault) {
        guard Self.isSafe(issuer) else {
            throw Fault(description: "issuer is an https URL without a query, or http on this very machine")
        }
        guard let url = URLComponents(string: endpoint ?? issuer), ["https", "http"].contains(url.scheme),
            url.host?.isEmpty == false, url.query == nil, url.fragment == nil, url.user == nil
        else { throw Fault(description: "endpoint is an https or http URL without a query") }
        guard !clientID.isEmpty else { throw Fault(description: "clientID is empty") }
        guard clockSkew >= .zero, clockSkew <= Limits.clockSkew else {
            throw Fault(description: "clockSkew is between 0 and \(Limits.clockSkew)")
        }
        guard (0...Limits.mostCachedTokens).contains(cacheCapacity) else {
            throw Fault(description: "cacheCapacity is between 0 and \(Limits.mostCachedTokens)")
        }
        switch mode {
        case .feed(let lease?, _) where lease < Limits.shortestLease || lease > Limits.longestLease:
            throw Fault(description: "lease is between \(Limits.shortestLease) and \(Limits.longestLease)")
        case .introspection(let bound) where bound < .zero || bound > Limits.introspectionCache:
            throw Fault(description: "cachedFor is between 0 and \(Limits.introspectionCache)")
        default: break
        }
    }

    private static func isSafe(_ text: String) -> Bool {
        guard let url = URLComponents(string: text), let host = url.host?.lowercased(), !host.isEmpty,
            url.query == nil, url.fragment == nil, url.user == nil
        else { return false }
        let isLoopback = ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host)
        return url.scheme == "https" || (url.scheme == "http" && isLoopback)
    }
}
