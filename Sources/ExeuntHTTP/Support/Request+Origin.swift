internal import Exeunt
internal import HTTPTypes
internal import Hummingbird

extension HTTPField.Name {
    static let forwardedFor = fieldName("X-Forwarded-For")
    static let secFetchSite = fieldName("Sec-Fetch-Site")
    static let secPurpose = fieldName("Sec-Purpose")
    static let purpose = fieldName("Purpose")
    static let clearSiteData = fieldName("Clear-Site-Data")
    static let referrerPolicy = fieldName("Referrer-Policy")
    static let openerPolicy = fieldName("Cross-Origin-Opener-Policy")
    static let resourcePolicy = fieldName("Cross-Origin-Resource-Policy")

    /// A name from a literal of ours; each is a token (RFC 9110 §5.1), so there is always one.
    static func fieldName(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("\(text) is no field name") }
        return name
    }
}

extension Request {
    /// Whether this came from a page of our own, as the browser itself says: `Sec-Fetch-Site` (W3C Fetch Metadata
    /// §2.3), or `Origin` (RFC 6454 §7) where a browser sends none of those.
    ///
    /// With neither there is no telling, so it did not.
    func isFromOwnPage(_ publicURL: PublicURL) -> Bool {
        if let site = headers[.secFetchSite] { return site == "same-origin" || site == "none" }
        return headers[.origin].map(publicURL.isSameOrigin) ?? false
    }

    /// Whether a browser fetches this on the guess that it will be wanted: nothing may change for that.
    var isPrefetch: Bool {
        [headers[.secPurpose], headers[.purpose]].compactMap(\.self).contains { $0.lowercased().contains("prefetch") }
    }

    /// Whether the caller would rather have JSON than a page (RFC 9110 §12.5.1).
    var prefersJSON: Bool {
        guard let accept = headers[.accept]?.lowercased() else { return false }
        return accept.contains("application/json") && !accept.contains("text/html")
    }

    /// The address that this came from: the peer's, or the one that a trusted proxy vouches for.
    ///
    /// `X-Forwarded-For` is read from its end, which the nearest proxy wrote, as far as trusted proxies go.
    func clientAddress(_ context: AuthorityRequestContext, trusting proxies: [AddressBlock]) -> String? {
        guard let peer = context.peerAddress else { return nil }
        var address = peer
        let hops = headers[values: .forwardedFor].joined(separator: ",").split(separator: ",").reversed()
        for hop in hops {
            guard proxies.contains(where: { $0.contains(address) }) else { break }
            let claimed = hop.split(whereSeparator: \.isWhitespace).joined()
            guard AddressBlock(claimed) != nil, !claimed.contains("/") else { break }
            address = claimed
        }
        return address
    }
}
