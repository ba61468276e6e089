/// How the cookies that open protected addresses are set.
enum CookieProbes {
    static let all = [secure, httpOnly, sameSite, prefix, domain, size]

    /// A `Set-Cookie` line of a credential cookie, as the sign-in sent it.
    struct Line {
        var credential: Credential
        var set: SetCookie
        var exchange: Exchange
    }

    private static func probe(
        _ id: String, _ title: String, clauses: [String], severity: Severity, follows: [String] = [],
        examine: @escaping @Sendable (Line, Auditor) async -> Finding
    ) -> Probe {
        Probe(id, title, group: .cookies, clauses: clauses, severity: severity, sends: "nothing more", follows: follows)
        {
            auditor in
            if auditor.target.signsInByCommand {
                return .notApplicable("a command signs in, and how its cookies are set is not seen")
            }
            let device = await auditor.first
            let names = await Set(auditor.credentials.filter(\.isCookie).map(\.name))
            let lines = device.receipts.compactMap { receipt -> Line? in
                guard names.contains(receipt.set.name), !receipt.set.isDeletion(at: auditor.surroundings.now()),
                    let credential = device.credentials.first(where: { $0.isCookie && $0.name == receipt.set.name })
                else { return nil }
                return Line(credential: credential, set: receipt.set, exchange: receipt.exchange)
            }
            guard !lines.isEmpty else { return .notApplicable("no credential is in a cookie that the sign-in sets") }
            var worst = Finding.pass("every credential cookie has it in order")
            for line in lines {
                let finding = await examine(line, auditor)
                if finding.verdict == .fail { return finding }
                if finding.verdict == .warning, worst.verdict == .pass { worst = finding }
            }
            return worst
        }
    }

    private static func finding(_ verdict: Verdict, _ text: String, _ line: Line) -> Finding {
        Finding(verdict, "the \(line.credential.label) \(text)", [Evidence("where it is set", line.exchange)])
    }

    static let secure = probe(
        "cookie-secure", "Credential cookies go over https alone",
        clauses: ["ASVS 3.3.1", "NIST 800-63B 5.1.1", "WSTG-SESS-02"],
        severity: .medium
    ) { line, auditor in
        if line.set.isSecure { return .pass("") }
        let isLocal = auditor.target.base.scheme == "http" && auditor.target.base.isLoopback
        return isLocal
            ? finding(
                .warning, "lacks Secure; that is common over http on this machine, so look at what production sends",
                line)
            : finding(.fail, "lacks Secure", line)
    }

    static let httpOnly = probe(
        "cookie-httponly", "Scripts cannot read credential cookies", clauses: ["ASVS 3.3.4", "WSTG-SESS-02"],
        severity: .medium
    ) { line, _ in line.set.isHTTPOnly ? .pass("") : finding(.fail, "lacks HttpOnly", line) }

    static let sameSite = probe(
        "cookie-samesite", "Credential cookies say to which sites' requests they belong",
        clauses: ["ASVS 3.3.2", "WSTG-SESS-02"], severity: .low
    ) { line, auditor in
        switch line.set.sameSite {
        case .strict, .lax: return .pass("")
        case .none?:
            let isKept = await auditor.finding(of: ForgeryProbes.crossSite.id)?.verdict == .pass
            for probe in ForgeryProbes.all {
                if await auditor.failed(probe.id) || !isKept {
                    return finding(.warning, "has SameSite=None, so other sites' requests carry it", line)
                }
            }
            return finding(.pass, "has SameSite=None, and forged requests are refused all the same", line)
        case nil: return finding(.fail, "lacks SameSite, and browsers differ in what they make of that", line)
        }
    }

    static let prefix = probe(
        "cookie-prefix", "Credential cookies have a prefix that browsers enforce", clauses: ["ASVS 3.3.1"],
        severity: .low,
        follows: []
    ) { line, _ in
        let name = line.set.name.lowercased()
        return name.hasPrefix("__host-") || name.hasPrefix("__secure-")
            ? .pass("")
            : finding(
                .warning, "is named without `__Host-` or `__Secure-`, so a sibling or plain http can plant one", line)
    }

    static let domain = probe(
        "cookie-domain", "Credential cookies are for their host alone",
        clauses: ["NIST 800-63B 5.1.1", "WSTG-SESS-02"],
        severity: .low
    ) { line, auditor in
        guard let domain = line.set.domain, !domain.isEmpty else { return .pass("") }
        return domain == auditor.target.base.host
            ? finding(.warning, "names its host as Domain, and so goes to every host below it as well", line)
            : finding(.fail, "goes to every host of \(domain)", line)
    }

    static let size = probe(
        "cookie-size", "Browsers do not drop credential cookies for their size", clauses: ["ASVS 3.3.5"], severity: .low
    ) { line, _ in
        let bytes = line.set.name.utf8.count + line.set.value.utf8.count
        return bytes <= AuditLimits.cookieBytes ? .pass("") : finding(.fail, "has \(bytes) bytes", line)
    }
}
