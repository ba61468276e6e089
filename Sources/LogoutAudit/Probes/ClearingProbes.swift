/// What the sign-out does to the browser's cookies, as a browser would see it.
enum ClearingProbes {
    static let all = [deletion, clearSiteData]

    static let deletion = Probe(
        "cookie-deletion", "The sign-out's deletion of cookies really deletes them", group: .cookies,
        clauses: ["RFC 6265bis 5.7", "ASVS 14.3.1"], severity: .medium,
        sends: "nothing more; the sign-out's Set-Cookie lines are put into a browser's jar", follows: ["sign-out-works"]
    ) { auditor in
        let event = try await auditor.ordinarySignOut()
        let names = event.before.credentials.filter(\.isCookie).map(\.name)
        guard !names.isEmpty else { return .notApplicable("no credential is in a cookie") }
        if event.exchanges.contains(where: { ClearSiteData($0.answer)?.clearsCookies == true }),
            auditor.target.base.isTrustworthy
        {
            return .pass("Clear-Site-Data deletes all cookies", [Evidence("the sign-out", event.exchanges.first)])
        }
        var left: String?
        for name in names {
            guard let cookie = event.before.jar.cookie(named: name),
                event.after.jar.cookies.contains(where: { $0.identity == cookie.identity && $0.value == cookie.value })
            else { continue }
            let attempt = event.after.receipts.first {
                $0.set.name == name && $0.set.isDeletion(at: auditor.surroundings.now())
            }
            if let attempt {
                return .fail(
                    "the deletion of \(name) misses: " + reason(attempt, cookie),
                    [Evidence("the deletion", attempt.exchange)])
            }
            left = name
        }
        let evidence = [Evidence("the sign-out", event.exchanges.first)]
        return left.map { .warning("the browser keeps the cookie \($0), which is of no use any more", evidence) }
            ?? .pass("the browser has none of them left", evidence)
    }

    private static func reason(_ attempt: Device.Receipt, _ cookie: Cookie) -> String {
        if case .rejected(let why) = attempt.outcome { return "browsers ignore it, for \(why)" }
        var differences: [String] = []
        let path = attempt.set.path
        if path != cookie.path {
            differences.append("its Path is \(path ?? "missing"), and the cookie's is \(cookie.path)")
        }
        let domain = attempt.set.domain ?? ""
        if domain.isEmpty != cookie.isHostOnly || (!domain.isEmpty && domain != cookie.domain) {
            differences.append(
                "its Domain is \(domain.isEmpty ? "missing" : domain), and the cookie's is \(cookie.isHostOnly ? "missing" : cookie.domain)"
            )
        }
        return differences.isEmpty ? "another cookie is deleted" : differences.joined(separator: "; ")
    }

    static let clearSiteData = Probe(
        "clear-site-data", "Clear-Site-Data is written so that browsers obey", group: .cookies,
        clauses: ["Clear-Site-Data"],
        severity: .low, sends: "nothing more"
    ) { auditor in
        let event = try await auditor.ordinarySignOut()
        guard let exchange = event.exchanges.first(where: { ClearSiteData($0.answer) != nil }),
            let header = ClearSiteData(exchange.answer)
        else { return .notApplicable("the sign-out sends no Clear-Site-Data") }
        let evidence = [Evidence("the sign-out", exchange)]
        if let directive = header.unquoted.first {
            return .fail("`\(directive)` is not in double quotes, so browsers ignore it", evidence)
        }
        if let directive = header.unknown.first { return .fail("no browser knows \"\(directive)\"", evidence) }
        if !exchange.request.address.isTrustworthy {
            return .warning("browsers obey it over https alone, and this is http", evidence)
        }
        let sets = exchange.answer.headers.all("Set-Cookie").compactMap { SetCookie($0) }
            .filter { !$0.isDeletion(at: auditor.surroundings.now()) }
        if header.clearsCookies, let set = sets.first {
            return .warning("it deletes \(set.name), which the same answer sets", evidence)
        }
        return .pass("each directive is quoted and known", evidence)
    }
}
