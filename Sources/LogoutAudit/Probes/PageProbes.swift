/// What answers leave behind and tell.
enum PageProbes {
    static let all = [cacheControl, tokenAnswers, inURL, inAnswer]

    static let cacheControl = Probe(
        "cache-control", "Browsers and proxies keep no protected page", group: .pages,
        clauses: ["ASVS 14.3.2", "WSTG-ATHN-06"],
        severity: .medium, sends: "nothing more"
    ) { auditor in
        for address in await auditor.addresses {
            guard let exchange = address.signedIn.last else { continue }
            let values = exchange.answer.headers.all("Cache-Control").joined(separator: ",").lowercased()
            if !values.split(separator: ",").contains(where: { $0.trimmed == "no-store" }) {
                let what = values.isEmpty ? "nothing" : "`\(values)`"
                return .fail(
                    "\(address.path) says \(what) about keeping it, and not `no-store`",
                    [Evidence("a signed-in answer", exchange)])
            }
        }
        return .pass("every protected answer says no-store")
    }

    /// The values of a device's credentials, with what they are called.
    private static func values(of device: Device, where isMeant: (Credential) -> Bool) -> [(
        label: String, value: String
    )] {
        device.credentials.filter(isMeant).compactMap { credential in
            credential.value(on: device).map { (credential.label, $0) }
        }.filter { $0.value.count >= 8 }
    }

    static let tokenAnswers = Probe(
        "token-answer-cache", "Answers that carry tokens are not kept", group: .pages,
        clauses: ["RFC 6749 5.1", "ASVS 14.3.2"],
        severity: .low, sends: "nothing more"
    ) { auditor in
        let device = await auditor.first
        let values = values(of: device) { $0.kind == .accessToken || $0.kind == .refreshToken }
        let carriers = device.history.filter { exchange in values.contains { exchange.answer.body.contains($0.value) } }
        guard !carriers.isEmpty else { return .notApplicable("no answer carries a token in its body") }
        for exchange in carriers {
            let kept = exchange.answer.headers.all("Cache-Control").joined(separator: ",").lowercased()
            if !kept.contains("no-store") {
                return .fail(
                    "the answer of \(exchange.request.address.path) carries a token, and does not say no-store",
                    [Evidence("the answer with the token", exchange)])
            }
        }
        return .pass("they say no-store")
    }

    /// All that was seen from the first sign-in to the ordinary sign-out.
    private static func seen(_ auditor: Auditor) async throws -> [(device: Device, exchange: Exchange)] {
        let first = await auditor.first
        let visits = await auditor.addresses.flatMap(\.signedIn)
        let event = try await auditor.ordinarySignOut()
        return (first.history + visits).map { (first, $0) } + event.exchanges.map { (event.before, $0) }
    }

    /// The addresses in an exchange: where it went, where it leads, and the links of its page.
    private static func addresses(of exchange: Exchange) -> [String] {
        var addresses = [exchange.request.address.description] + exchange.answer.headers.all("Location")
        if exchange.answer.isHTML {
            for tag in HTMLTag.all(in: exchange.answer.body) {
                addresses += ["href", "src", "action", "formaction"].compactMap { tag.attributes[$0] }
            }
        }
        return addresses
    }

    static let inURL = Probe(
        "token-in-url", "No address carries a token", group: .pages, clauses: ["ASVS 14.2.1"], severity: .high,
        sends: "nothing more"
    ) { auditor in
        for (device, exchange) in try await seen(auditor) {
            for (label, value) in values(of: device, where: { _ in true }) {
                let forms = [value, FormText.encoded(value), FormText.encoded(value, space: "%20")]
                let isThere = addresses(of: exchange).contains { address in forms.contains { address.contains($0) } }
                if isThere {
                    return .fail(
                        "the \(label) is in an address at \(exchange.request.address.path)",
                        [Evidence("where it is", exchange)])
                }
            }
        }
        return .pass("no credential is in an address, a redirect or a link")
    }

    static let inAnswer = Probe(
        "token-in-answer", "No page shows what is in a credential cookie", group: .pages,
        clauses: ["ASVS 14.3.3", "ASVS 3.3.4"], severity: .medium, sends: "nothing more", follows: [inURL.id]
    ) { auditor in
        guard await auditor.credentials.contains(where: \.isCookie) else {
            return .notApplicable("no credential is in a cookie")
        }
        for (device, exchange) in try await seen(auditor) {
            for (label, value) in values(of: device, where: \.isCookie) where exchange.answer.body.contains(value) {
                return .fail(
                    "the value of the \(label) is in the answer of \(exchange.request.address.path)",
                    [Evidence("where it is", exchange)])
            }
        }
        return .pass("no answer's body shows one")
    }
}
