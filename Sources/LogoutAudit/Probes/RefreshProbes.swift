/// What becomes of refresh tokens.
enum RefreshProbes {
    static let all = [afterLogout, rotation, reuse, consequence, race]

    private static let absent = Finding.notApplicable("the target file names no refresh")

    /// What a refresh came to.
    enum Outcome {
        case tokens(Exchange?)
        case refused(Exchange?)
        case unclear(String, Exchange?)
    }

    /// Refreshes with what the device has; a step that fails with an answer of 4xx is a refusal.
    static func refresh(_ device: inout Device, _ refresh: Target.Refresh) async throws -> Outcome {
        do {
            return .tokens(try await device.perform(refresh.steps).last)
        } catch let failure as StepFailure {
            guard let exchange = failure.exchange else { throw failure }
            let status = exchange.answer.status
            let isRefused = (400..<500).contains(status) && ![408, 425, 429].contains(status)
            // An answer without what the step picks hands out nothing, whatever its status is.
            if isRefused || status < 400 { return .refused(exchange) }
            return .unclear("the refresh was answered \(status)", exchange)
        }
    }

    /// A client that has nothing of a device but its refresh token.
    static func thief(of device: Device, in auditor: Auditor) async -> Device {
        let tokens = await auditor.credentials.filter { $0.kind == .refreshToken }
        var thief = auditor.thief(of: device, with: tokens)
        if case .cookie(let name)? = auditor.target.refresh?.token {
            for cookie in device.jar.cookies where cookie.name == name { thief.jar.put(cookie) }
        }
        // Values of forms and the like, which are not secrets of the session, are the thief's to fetch.
        for (name, value) in device.values where thief.values[name] == nil && .value(name) != auditor.target.access {
            thief.values[name] = value
        }
        return thief
    }

    static func token(of device: Device, _ place: Target.TokenPlace) -> String? {
        switch place {
        case .value(let name): device.values[name]
        case .cookie(let name): device.jar.cookie(named: name)?.value
        }
    }

    static let afterLogout = Probe(
        "refresh-after-logout", "A refresh token ends with its session", group: .refresh,
        clauses: ["ASVS 7.4.1", "RFC 7009 2", "OIDC Back-Channel 2.7"], severity: .critical,
        sends: "a refresh with the token from before the sign-out",
        follows: ["sign-out-works"]
    ) { auditor in
        guard let refresh = auditor.target.refresh else { return absent }
        var device = try await auditor.signedInDevice()
        guard case .tokens(let control) = try await Self.refresh(&device, refresh) else {
            return .couldNotTell("refreshing does not work before the sign-out either")
        }
        let before = device
        let exchanges = try await device.perform(auditor.target.signOut)
        var thief = await thief(of: before, in: auditor)
        var evidence = [
            Evidence("a refresh before the sign-out: works", control), Evidence("the sign-out", exchanges.first),
        ]
        switch try await Self.refresh(&thief, refresh) {
        case .tokens(let exchange):
            evidence.append(Evidence("the refresh token from before, after it: hands out a token", exchange))
            return .fail("the refresh token from before the sign-out still makes new tokens", evidence)
        case .refused(let exchange):
            return .pass("it is refused", evidence + [Evidence("after it: refused", exchange)])
        case .unclear(let why, let exchange):
            return .couldNotTell(why, evidence + [Evidence("after it", exchange)])
        }
    }

    static let rotation = Probe(
        "refresh-rotation", "A refresh hands out a new refresh token", group: .refresh,
        clauses: ["ASVS 10.4.5", "RFC 9700 2.2.2"], severity: .medium, sends: "one refresh"
    ) { auditor in
        guard let refresh = auditor.target.refresh else { return absent }
        var device = try await auditor.signedInDevice()
        let old = token(of: device, refresh.token)
        guard case .tokens(let exchange) = try await Self.refresh(&device, refresh) else {
            return .couldNotTell("refreshing does not work")
        }
        return token(of: device, refresh.token) == old
            ? .fail("the same refresh token is used on and on", [Evidence("the refresh", exchange)])
            : .pass("each refresh replaces the refresh token", [Evidence("the refresh", exchange)])
    }

    static let reuse = Probe(
        "refresh-reuse", "A refresh token works once", group: .refresh, clauses: ["ASVS 10.4.5", "RFC 9700 4.14.2"],
        severity: .high, sends: "two refreshes in a row, then the first refresh token again"
    ) { auditor in
        let finding = try await reuseTwice(auditor)
        return finding.reuse
    }

    static let consequence = Probe(
        "refresh-reuse-consequence", "A reused refresh token ends all that came of it", group: .refresh,
        clauses: ["ASVS 10.4.5", "RFC 9700 4.14.2"], severity: .medium,
        sends: "two refreshes in a row, the first refresh token again, and then the newest"
    ) { auditor in
        if await auditor.failed(reuse.id) { return .notApplicable("a used refresh token works again") }
        return try await reuseTwice(auditor).consequence
    }

    private static func reuseTwice(_ auditor: Auditor) async throws -> (reuse: Finding, consequence: Finding) {
        guard let refresh = auditor.target.refresh else { return (absent, absent) }
        var device = try await auditor.signedInDevice()
        let original = device
        for _ in 0..<2 {
            guard case .tokens = try await Self.refresh(&device, refresh) else {
                let finding = Finding.couldNotTell("refreshing twice in a row does not work")
                return (finding, finding)
            }
        }
        guard token(of: device, refresh.token) != token(of: original, refresh.token) else {
            let finding = Finding.notApplicable("refresh tokens are not replaced")
            return (finding, finding)
        }
        var thief = await thief(of: original, in: auditor)
        switch try await Self.refresh(&thief, refresh) {
        case .tokens(let exchange):
            let evidence = [Evidence("the first refresh token after two refreshes: hands out a token", exchange)]
            return (.fail("a refresh token that was used and replaced twice still makes tokens", evidence), absent)
        case .unclear(let why, let exchange):
            let finding = Finding.couldNotTell(why, [Evidence("the first refresh token again", exchange)])
            return (finding, finding)
        case .refused(let exchange):
            let evidence = [Evidence("the first refresh token after two refreshes: refused", exchange)]
            let passed = Finding.pass("a used refresh token is refused", evidence)
            switch try await Self.refresh(&device, refresh) {
            case .tokens(let exchange):
                let shown = evidence + [Evidence("the newest one after that: hands out a token", exchange)]
                return (passed, .fail("after a stolen copy was used, the tokens that came of it work on", shown))
            case .refused(let exchange):
                let shown = evidence + [Evidence("the newest one after that: refused", exchange)]
                return (passed, .pass("the newest refresh token is refused from then on", shown))
            case .unclear(let why, _): return (passed, .couldNotTell(why, evidence))
            }
        }
    }

    static let race = Probe(
        "refresh-race", "A refresh at the moment of the sign-out yields nothing that lasts", group: .refresh,
        clauses: ["ASVS 7.4.1"], severity: .high,
        sends:
            "three times: a sign-in, then a refresh at the same time as the sign-out, then a refresh with what it gave",
        follows: ["sign-out-works", "refresh-after-logout"]
    ) { auditor in
        guard let refresh = auditor.target.refresh else { return absent }
        guard await auditor.finding(of: afterLogout.id)?.verdict ?? .pass == .pass else {
            return .notApplicable("a refresh token is accepted after the sign-out without a race")
        }
        let judgesAccess = await auditor.finding(of: ReplayProbes.accessToken.id)?.verdict == .pass
        var evidence: [Evidence] = []
        for pause in [5, 30, 80] {
            var device = try await auditor.signedInDevice()
            let prepared = try await device.prepare(auditor.target.signOut)
            let before = device
            let refreshed = try await withThrowingTaskGroup(of: Device?.self) { group in
                group.addTask {
                    var twin = before
                    guard case .tokens = try await Self.refresh(&twin, refresh) else { return nil }
                    return twin
                }
                group.addTask {
                    try await auditor.surroundings.sleep(.milliseconds(pause))
                    var device = before
                    _ = try await device.finish(prepared)
                    return nil
                }
                var refreshed: Device?
                while let result = try await group.next() { refreshed = result ?? refreshed }
                return refreshed
            }
            guard let refreshed else { continue }
            if judgesAccess, let access = await auditor.credentials.first(where: { $0.kind == .accessToken }) {
                let look = try await auditor.isSignedIn(auditor.thief(of: refreshed, with: [access]))
                evidence.append(
                    look.evidence("the access token of a refresh \(pause) ms before: \(look.judgement.words)"))
                if look.judgement == .accepted {
                    return .fail("an access token that was handed out during the sign-out works after it", evidence)
                }
            }
            var thief = await thief(of: refreshed, in: auditor)
            if case .tokens(let exchange) = try await Self.refresh(&thief, refresh) {
                evidence.append(
                    Evidence("what a refresh \(pause) ms before gave, after the sign-out: makes tokens", exchange))
                return .fail("a refresh during the sign-out gave a refresh token that works after it", evidence)
            }
        }
        return .pass("whatever a refresh gave during the sign-out is refused after it", evidence)
    }
}
