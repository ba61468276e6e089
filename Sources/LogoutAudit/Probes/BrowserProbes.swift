/// What somebody sees who sits down at the browser after the user has signed out.
enum BrowserProbes {
    static let all = [reopened, serviceWorker] + BrowserStorageProbes.all + [back, backCached, otherTabs, nextUser]

    private static let visit = "in a real browser: a sign-in, the protected pages, the sign-out; then "

    static let reopened = Probe(
        "browser-reopened", "A window opened after the sign-out shows nothing", group: .browser,
        clauses: ["ASVS 7.4.1", "WSTG-SESS-06"], severity: .high,
        sends: visit + "the pages opened anew, and once more when the browser was closed and opened again",
        follows: ["sign-out-works"]
    ) { auditor in
        let journey = try await auditor.browserJourney()
        let first = try await journey.firstVisit()
        var sightings = first.anew
        if sightings.isEmpty { sightings = try await journey.secondVisit().anew }
        let evidence = first.steps.map { Evidence($0) } + sightings.map(\.evidence)
        guard let seen = sightings.first(where: { !$0.isStored }) ?? sightings.first else {
            return .pass("neither the same window nor the browser opened again shows a protected page", evidence)
        }
        if seen.isStored, await auditor.failed("cache-control") {
            return .notApplicable("cache-control fails, and this would fail for the same reason")
        }
        // A page that a worker has kept is told by the worker's probe.
        if seen.isOfWorker { return .notApplicable("a service worker shows it; see browser-service-worker") }
        return .fail(
            "after the sign-out the browser still shows \(seen.path)"
                + (seen.isStored ? ", without asking the server" : ""), evidence)
    }

    static let serviceWorker = Probe(
        "browser-service-worker", "No service worker answers for the server after the sign-out", group: .browser,
        clauses: ["ASVS 14.3.1"], severity: .high,
        sends: visit + "the protected addresses, asked for by a page's script",
        follows: ["sign-out-works", "browser-reopened"]
    ) { auditor in
        let first = try await auditor.browserJourney().firstVisit()
        let scopes = first.after.workers.map { "a service worker stays for \($0)" }
        let evidence = (first.steps + scopes).map { Evidence($0) }
        let pages = first.anew.filter(\.isOfWorker)
        guard first.answeredByWorker.isEmpty, pages.isEmpty else {
            let paths = first.answeredByWorker + pages.map(\.path)
            return .fail(
                "a service worker stays, and answers \(paths.listed) with what is for the signed-in alone",
                evidence + paths.map { Evidence("\($0), after the sign-out: the server was not asked") })
        }
        guard !first.after.workers.isEmpty || !first.during.workers.isEmpty else {
            return .notApplicable("the site has no service worker")
        }
        return .pass(
            first.after.workers.isEmpty
                ? "none is left"
                : "one stays, and answers nothing in the server's place that is for the signed-in alone",
            evidence)
    }

    static let back = Probe(
        "browser-back", "Back shows nothing after the sign-out", group: .browser,
        clauses: ["ASVS 14.3.2", "WSTG-SESS-06", "WSTG-ATHN-06"], severity: .medium,
        sends: visit + "Back, in a browser that keeps no pages in memory",
        follows: ["sign-out-works", "browser-reopened"]
    ) { auditor in
        let seen = try await auditor.browserJourney().secondVisit()
        return finding(seen.back, seen.steps, shown: "from its cache")
            ?? .pass("Back leads to nothing private", notes(seen.steps))
    }

    static let backCached = Probe(
        "browser-back-cached", "Back shows nothing after the sign-out where browsers keep pages in memory",
        group: .browser, clauses: ["ASVS 14.3.1", "WSTG-SESS-06", "WSTG-ATHN-06"], severity: .low,
        sends: visit + "Back, in a browser that keeps pages in memory (the back/forward cache)",
        follows: ["sign-out-works", "browser-reopened", "browser-back"]
    ) { auditor in
        let seen = try await auditor.browserJourney().firstVisit()
        return finding(seen.back, seen.steps, shown: "as it was, from memory")
            ?? .pass("no page comes back from memory", notes(seen.steps))
    }

    private static func finding(_ seen: BrowserSighting?, _ steps: [String], shown: String) -> Finding? {
        seen.map {
            .fail("Back shows \($0.path) again, \(shown), though its session is over", notes(steps) + [$0.evidence])
        }
    }

    private static func notes(_ steps: [String]) -> [Evidence] { steps.map { Evidence($0) } }

    static let otherTabs = Probe(
        "browser-other-tabs", "Other tabs stop showing what is private", group: .browser,
        clauses: ["ASVS 14.3.1"], severity: .low, sends: visit + "a look at another tab, until patience ends",
        follows: ["sign-out-works", "browser-reopened", "browser-service-worker"]
    ) { auditor in
        let first = try await auditor.browserJourney().firstVisit()
        guard let path = first.otherTab else {
            return .notApplicable(
                "the pages come from the server as they are, and show what they showed until somebody uses them")
        }
        guard let seen = first.otherTabShows else {
            return .pass("another tab with \(path) noticed the sign-out", notes(first.steps))
        }
        return .fail(
            "another tab goes on showing \(path), whose script could know of the sign-out",
            notes(first.steps) + [seen.evidence])
    }

    static let nextUser = Probe(
        "browser-next-user", "The next user of the browser sees nothing of the one before", group: .browser,
        clauses: ["ASVS 14.3.1", "WSTG-ATHN-06"], severity: .high,
        sends: visit + "the same with the second user in the same browser",
        follows: ["sign-out-works", "browser-reopened", "browser-service-worker", "browser-back"]
    ) { auditor in
        guard auditor.target.secondUser != nil else {
            return .notApplicable("the target file names no `second-user`")
        }
        let seen = try await auditor.browserJourney().secondVisit()
        guard let result = seen.nextUser else { return .couldNotTell("nobody else could sign in") }
        let next: BrowserJourney.NextUser
        do { next = try result.get() } catch {
            return .couldNotTell("the second user could not be looked at in the browser: \(error)")
        }
        let steps = notes(seen.steps + ["signed in as the second user, opened \(next.paths.joined(separator: ", "))"])
        guard let mark = next.seen else { return .pass("nothing of the first user is on their pages", steps) }
        if next.isEverywhere {
            return .pass(
                "what \(mark.path) shows to both users it shows as well in a browser where the first has never been",
                steps)
        }
        return .fail(
            "the second user is shown something of the first at \(mark.path)",
            steps + [Evidence("\(mark.path) shows “\(mark.text.prefix(100))”")])
    }
}
