/// Nobody is signed out by another site's page.
enum ForgeryProbes {
    static let all = [crossSite, nullOrigin, originOnly, fetchOnly, textPlain, sibling, withoutOrigin]

    private static let clauses = ["ASVS 3.5.1", "WSTG-SESS-05", "OWASP CSRF cheat sheet"]

    /// A site that is nobody's (RFC 2606).
    static let stranger = "https://attacker.invalid"

    enum Body { case form, textPlain }

    /// Which of the session's cookies a browser sends along with it.
    enum Cookies { case unlessSameSite, all }

    /// A variant of the forged request.
    struct Variant: Sendable {
        var origin: @Sendable (WebAddress) -> String?
        var fetchSite: String?
        var body: Body = .form
        var cookies: Cookies = .unlessSameSite
    }

    private static func forge(_ prepared: PreparedRequest, _ device: Device, _ variant: Variant) -> WebRequest? {
        guard prepared.method == "POST" else { return nil }
        var request = WebRequest("POST", prepared.publicAddress, headers: Attack.bare(prepared.headers))
        switch variant.body {
        case .form:
            request.body = FormText.encoded(prepared.publicFields.map { ($0.name, $0.value) })
            request.headers["Content-Type"] = "application/x-www-form-urlencoded"
        case .textPlain:
            guard let json = prepared.publicJSON else { return nil }
            request.body = json
            request.headers["Content-Type"] = "text/plain"
        }
        request.headers["Origin"] = variant.origin(prepared.address)
        if let site = variant.fetchSite {
            request.headers["Sec-Fetch-Site"] = site
            request.headers["Sec-Fetch-Mode"] = "navigate"
            request.headers["Sec-Fetch-Dest"] = "document"
        }
        var sent = device.jar
        if variant.cookies == .unlessSameSite { sent.removeAll { $0.sameSite == .lax || $0.sameSite == .strict } }
        // An empty header keeps the device from adding its own.
        request.headers["Cookie"] = sent.header(for: request.address) ?? ""
        return request
    }

    private static func probe(
        _ id: String, _ title: String, severity: Severity = .medium, name: String, follows: [String],
        harm: Verdict = .fail,
        _ variant: Variant
    ) -> Probe {
        Probe(
            id, title, group: .route, clauses: clauses, severity: severity,
            sends: "the sign-out's request without its forgery token, as \(name)", follows: ["sign-out-works"] + follows
        ) { auditor in
            guard await auditor.isCookieBased else {
                return .notApplicable("what opens protected addresses is not sent by a browser on its own")
            }
            let attack = Attack(forge: { forge($0, $1, variant) }, name: name)
            return try await attack.finding(
                in: auditor, ended: "\(name) ends the session", stays: "\(name) ends nothing", harm: harm)
        }
    }

    static let crossSite = probe(
        "cross-site-post", "A form on another site signs nobody out", name: "a form that another site submits",
        follows: [], Variant(origin: { _ in stranger }, fetchSite: "cross-site"))

    static let nullOrigin = probe(
        "cross-site-post-null-origin", "A form in a sandboxed frame signs nobody out",
        name: "a form without an origin (Origin: null)", follows: [crossSite.id],
        Variant(origin: { _ in "null" }, fetchSite: "cross-site"))

    static let originOnly = probe(
        "cross-site-post-origin-only", "The Origin header suffices against another site's form",
        name: "another site's form from a browser without Sec-Fetch headers", follows: [crossSite.id],
        Variant(origin: { _ in stranger }, fetchSite: nil))

    static let fetchOnly = probe(
        "cross-site-post-fetch-only", "Sec-Fetch-Site suffices against another site's form",
        name: "another site's form with Sec-Fetch headers and no Origin", follows: [crossSite.id],
        Variant(origin: { _ in nil }, fetchSite: "cross-site"))

    static let textPlain = probe(
        "cross-site-text-plain", "JSON as text/plain from another site signs nobody out",
        name: "JSON that another site sends as text/plain", follows: [crossSite.id],
        Variant(origin: { _ in stranger }, fetchSite: "cross-site", body: .textPlain))

    static let sibling = probe(
        "sibling-site-post", "A form on a sibling subdomain signs nobody out", severity: .low,
        name: "a form on a sibling subdomain", follows: [crossSite.id, originOnly.id, fetchOnly.id, nullOrigin.id],
        Variant(
            origin: { "\($0.scheme)://sibling.\($0.host)" }, fetchSite: "same-site", cookies: .all))

    static let withoutOrigin = probe(
        "post-without-origin", "A POST that does not say where it comes from signs nobody out", severity: .low,
        name: "a POST without Origin, Referer and Sec-Fetch headers",
        follows: [crossSite.id, originOnly.id, fetchOnly.id, nullOrigin.id, sibling.id], harm: .warning,
        Variant(origin: { _ in nil }, fetchSite: nil, cookies: .all))
}
