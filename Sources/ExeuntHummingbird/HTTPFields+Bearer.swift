internal import HTTPTypes

extension HTTPFields {
    /// The token of an `Authorization` of the scheme Bearer (RFC 6750 §2.1), which may be empty; nil without one of that scheme.
    ///
    /// Whoever brings one is judged by it alone, and not by cookies.
    var bearerToken: String? {
        guard let header = self[.authorization] else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        return parts.first?.lowercased() == "bearer" ? String(parts.count == 2 ? parts[1] : "") : nil
    }
}
