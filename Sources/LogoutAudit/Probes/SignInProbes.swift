/// What a sign-in makes of the session that was there before.
enum SignInProbes {
    static let all = [fixation, earlier, redirect]

    static let differ = Probe(
        "tokens-differ", "Every sign-in has its own credentials", group: .signIn,
        clauses: ["ASVS 7.2.2", "ASVS 7.2.3"],
        severity: .high, sends: "a second sign-in"
    ) { auditor in
        let first = await auditor.first
        guard !first.credentials.isEmpty else { return .notApplicable("there are no credentials") }
        var second = try await auditor.signedInDevice()
        func common() -> Credential? {
            first.credentials.first { credential in
                guard let value = credential.value(on: first) else { return false }
                return value == credential.value(on: second)
            }
        }
        if common() != nil {
            // A signed token that holds nothing but the second of the sign-in is another one a second later.
            try await auditor.surroundings.sleep(.milliseconds(1100))
            second = try await auditor.signedInDevice()
        }
        await auditor.giveBack(second)
        return common().map { .fail("two sign-ins got the same \($0.label)") }
            ?? .pass("two sign-ins got different ones")
    }

    private static let byCommand = "a command signs in, in a browser of its own"

    static let fixation = Probe(
        "session-fixation", "A session from before the sign-in is worth nothing after it", group: .signIn,
        clauses: ["ASVS 7.2.4", "WSTG-SESS-03"], severity: .critical,
        sends: "a sign-in in a browser that had a session before, and one with a session cookie of our choice",
        follows: ["garbage-credential", "tokens-differ"]
    ) { auditor in
        if auditor.target.signsInByCommand { return .notApplicable(byCommand) }
        guard await auditor.hasSessionCookie else { return .notApplicable("no cookie opens a protected address") }
        // What the application itself hands out before the sign-in.
        var device = auditor.freshDevice()
        let prepared = try await device.prepare(auditor.target.signIn)
        let visitor = device.jar
        _ = try await device.finish(prepared)
        var evidence: [Evidence] = []
        for cookie in visitor.cookies {
            var thief = auditor.freshDevice()
            thief.jar.put(cookie)
            let look = try await auditor.isSignedIn(thief)
            evidence.append(
                look.evidence("the cookie \(cookie.name) from before the sign-in, after it: \(look.judgement.words)"))
            if look.judgement == .accepted {
                return .fail(
                    "the cookie \(cookie.name) that a visitor had before the sign-in is signed in after it", evidence)
            }
        }
        // What a stranger has planted.
        for credential in await auditor.credentials where credential.kind == .sessionCookie {
            guard var cookie = await auditor.first.jar.cookie(named: credential.name) else { continue }
            cookie.value = auditor.surroundings.hex(cookie.value.count)
            var victim = auditor.freshDevice()
            victim.jar.put(cookie)
            auditor.redactor.learn(cookie.value, as: "planted \(cookie.name)")
            do { try await victim.perform(auditor.target.signIn) } catch is StepFailure { continue }
            var thief = auditor.freshDevice()
            thief.jar.put(cookie)
            let look = try await auditor.isSignedIn(thief)
            evidence.append(look.evidence("a planted \(cookie.name), after the sign-in: \(look.judgement.words)"))
            if look.judgement == .accepted {
                return .fail("a \(cookie.name) of a stranger's choice is signed in after the sign-in", evidence)
            }
        }
        return .pass("whatever was there before the sign-in opens nothing after it", evidence)
    }

    static let earlier = Probe(
        "old-session-after-sign-in", "Signing in again ends the session before", group: .signIn,
        clauses: ["ASVS 7.2.4"],
        severity: .low, sends: "a sign-in in a browser that is signed in",
        // What not even the sign-out can end, a sign-in cannot end either.
        follows: [
            "garbage-credential", "tokens-differ", "session-fixation", "sign-out-works", "session-cookie-replay",
            "credentials-together-replay",
        ]
    ) { auditor in
        if auditor.target.signsInByCommand { return .notApplicable(byCommand) }
        guard await auditor.hasSessionCookie else { return .notApplicable("no cookie opens a protected address") }
        var device = try await auditor.borrow()
        let before = device
        do { try await device.perform(auditor.target.signIn) } catch is StepFailure {
            return .notApplicable("the sign-in cannot be done again by somebody who is signed in")
        }
        guard before.jar.cookies != device.jar.cookies else {
            return .notApplicable("the second sign-in changed no cookie")
        }
        let cookies = before.credentials.filter { $0.kind == .sessionCookie }
        let look = try await auditor.isSignedIn(auditor.thief(of: before, with: cookies))
        let evidence = [
            look.evidence("the session cookie from before, after the second sign-in: \(look.judgement.words)")
        ]
        return Replay.finding(
            [look], evidence, accepted: "the session from before the second sign-in goes on",
            refused: "the one before is over")
    }

    static let redirect = Probe(
        "sign-in-redirect", "The sign-in's answer does not pass the password on", group: .signIn,
        clauses: ["RFC 9700 4.12"],
        severity: .medium, sends: "nothing more"
    ) { auditor in
        let posts = await auditor.firstSignIn.filter { !$0.request.isSafe && $0.answer.isRedirect }
        guard !posts.isEmpty else { return .notApplicable("the sign-in answers without a redirect") }
        if let exchange = posts.first(where: { [307, 308].contains($0.answer.status) }) {
            return .fail(
                "it answers \(exchange.answer.status), so the browser sends the password to the next address, too",
                [Evidence("the sign-in", exchange)])
        }
        return .pass("the redirect is one that browsers follow with GET")
    }
}
