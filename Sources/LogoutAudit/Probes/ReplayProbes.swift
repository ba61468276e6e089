/// What was taken before the sign-out is presented after it.
enum ReplayProbes {
    static let all = [signOutWorks, sessionCookie, together, accessToken, requestRace, remember]

    static let signOutWorks = Probe(
        "sign-out-works", "The client that signs out is signed out", group: .replay,
        clauses: ["ASVS 7.4.1", "WSTG-SESS-06"], severity: .critical,
        sends: "a sign-in, the sign-out, and every protected address with what the client has left"
    ) { auditor in
        let event = try await auditor.ordinarySignOut()
        var evidence = [Evidence("the sign-out", event.exchanges.first)]
        // A client with a bearer token forgets it when it signs out; a browser keeps the cookies that it was not told to delete.
        var left = auditor.freshDevice()
        left.jar = event.after.jar
        let looks = try await auditor.looks(left)
        evidence += looks.map { $0.evidence("afterwards with its own cookies: \($0.judgement.words)") }
        return Replay.finding(
            looks, evidence, accepted: "after the sign-out the same client still gets %",
            refused: "the client gets nothing any more")
    }

    static let sessionCookie = Probe(
        "session-cookie-replay", "A copied session cookie is refused after the sign-out", group: .replay,
        clauses: ["ASVS 7.4.1", "WSTG-SESS-06", "NIST 800-63B 5.1"], severity: .critical,
        sends: "each session cookie from before the sign-out, alone, to every protected address",
        follows: ["garbage-credential", "sign-out-works"]
    ) { auditor in
        guard await auditor.hasSessionCookie else { return .notApplicable("no cookie opens a protected address") }
        return try await Replay.eachAlone(in: auditor) { $0.kind == .sessionCookie }
    }

    static let together = Probe(
        "credentials-together-replay", "All credentials together are refused after the sign-out", group: .replay,
        clauses: ["ASVS 7.4.1", "WSTG-SESS-06"], severity: .critical,
        sends: "everything from before the sign-out, together, to every protected address",
        follows: ["garbage-credential", "sign-out-works"]
    ) { auditor in
        let event = try await auditor.ordinarySignOut()
        let credentials = event.before.credentials.filter(\.opens)
        guard credentials.count > 1 else { return .notApplicable("there is but one credential") }
        let alone = try await Replay.eachAlone(in: auditor, where: \.opens)
        if alone.verdict == .fail { return .notApplicable("one of them alone is accepted already") }
        let looks = try await auditor.looks(auditor.thief(of: event.before, with: credentials))
        return Replay.finding(
            looks, looks.map { $0.evidence("all together after the sign-out: \($0.judgement.words)") },
            accepted: "all credentials together still open %, though none does alone",
            refused: "together they open nothing")
    }

    static let accessToken = Probe(
        "access-token-after-logout", "An access token ends with its session", group: .replay,
        clauses: ["ASVS 7.4.1", "RFC 7009 2"], severity: .high,
        sends: "the access token from before the sign-out, until it is refused or patience ends",
        follows: ["garbage-credential", "sign-out-works"]
    ) { auditor in
        guard let token = await auditor.credentials.first(where: { $0.kind == .accessToken }) else {
            return .notApplicable("the target file names no access token")
        }
        let event = try await auditor.ordinarySignOut()
        guard let control = event.controls[token.label], control.judgement == .accepted else {
            return .couldNotTell("the access token alone opened nothing before the sign-out either")
        }
        var evidence = [
            control.evidence("just before the sign-out: accepted"), Evidence("the sign-out", event.exchanges.first),
        ]
        let thief = auditor.thief(of: event.before, with: [token])
        var looks = try await auditor.looks(thief)
        evidence += looks.map { $0.evidence("after it: \($0.judgement.words)") }
        guard looks.contains(where: { $0.judgement == .accepted }) else {
            return try await Replay.lookAgain(
                [token], after: event, in: auditor,
                was: Replay.finding(looks, evidence, accepted: "", refused: "it is refused at once"))
        }
        // How long it lives on.
        let clock = auditor.surroundings
        while clock.elapsed() - event.answered < auditor.target.patience {
            try await clock.sleep(min(.seconds(1), auditor.target.patience / 4))
            looks = try await auditor.looks(thief)
            if !looks.contains(where: { $0.judgement == .accepted }) { break }
        }
        let time = DurationText.text(clock.elapsed() - event.answered)
        evidence += looks.map { $0.evidence("\(time) after it: \($0.judgement.words)") }
        let isStill = looks.contains { $0.judgement == .accepted }
        return .fail(
            isStill
                ? "it is still accepted \(time) after the sign-out, when patience ended"
                : "it was accepted for about \(time) after the sign-out", evidence)
    }

    static let requestRace = Probe(
        "request-race", "A request under way does not write the session back", group: .replay,
        clauses: ["ASVS 7.4.1"], severity: .high,
        sends: "twice: a sign-in, then protected requests at the same time as the sign-out",
        follows: ["garbage-credential", "sign-out-works", "session-cookie-replay", "credentials-together-replay"]
    ) { auditor in
        guard await auditor.hasSessionCookie else { return .notApplicable("no cookie opens a protected address") }
        guard await auditor.finding(of: sessionCookie.id)?.verdict ?? .pass == .pass else {
            return .notApplicable("a session cookie is accepted after the sign-out without a race")
        }
        var evidence: [Evidence] = []
        for pause in [10, 40] {
            var device = try await auditor.signedInDevice()
            let prepared = try await device.prepare(auditor.target.signOut)
            let before = device
            let control = try await auditor.isSignedIn(before)
            guard control.judgement == .accepted else { continue }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 { group.addTask { _ = try await auditor.isSignedIn(before) } }
                group.addTask {
                    try await auditor.surroundings.sleep(.milliseconds(pause))
                    var device = before
                    _ = try await device.finish(prepared)
                }
                try await group.waitForAll()
            }
            let looks = try await auditor.looks(
                auditor.thief(of: before, with: before.credentials.filter { $0.kind == .sessionCookie }))
            evidence = [control.evidence("before: accepted")]
            evidence += looks.map { $0.evidence("after a sign-out with requests under way: \($0.judgement.words)") }
            if looks.contains(where: { $0.judgement == .accepted }) {
                return .fail("a request that was under way during the sign-out brought the session back", evidence)
            }
        }
        return .pass("two sign-outs with requests under way ended the session all the same", evidence)
    }

    static let remember = Probe(
        "remember-me-alone", "A copied remember-me cookie is refused after the sign-out", group: .replay,
        clauses: ["ASVS 7.4.1", "WSTG-ATHN-05"], severity: .critical,
        sends: "a sign-in with remember-me, the sign-out, and the remember-me cookie alone before and after",
        follows: ["garbage-credential", "sign-out-works"]
    ) { auditor in
        guard let remember = auditor.target.remember else {
            return .notApplicable("the target file names no remember-me cookie")
        }
        let credential = Credential(kind: .rememberCookie, name: remember.cookie, isCookie: true, isSufficient: true)
        // The control is another device's: a cookie that is replaced when it is used would not be the same afterwards.
        let twin = try await auditor.signedInDevice(remember.signIn)
        guard twin.jar.cookie(named: remember.cookie) != nil else {
            return .couldNotTell("the sign-in sets no cookie \(remember.cookie)")
        }
        let control = try await auditor.isSignedIn(auditor.thief(of: twin, with: [credential]))
        guard control.judgement == .accepted else {
            return .couldNotTell(
                "the cookie alone does not sign in before the sign-out either",
                [control.evidence("remember-me alone, signed in: \(control.judgement.words)")])
        }
        var device = try await auditor.signedInDevice(remember.signIn)
        let before = device
        let exchanges = try await device.perform(auditor.target.signOut)
        let looks = try await auditor.looks(auditor.thief(of: before, with: [credential]))
        let evidence =
            [
                control.evidence("the cookie of another sign-in, alone: accepted"),
                Evidence("the sign-out", exchanges.first),
            ]
            + looks.map { $0.evidence("the cookie from before, alone: \($0.judgement.words)") }
        return Replay.finding(
            looks, evidence, accepted: "the remember-me cookie still signs in at %",
            refused: "it signs nobody in any more")
    }
}
