/// What the site has left in the browser.
enum BrowserStorageProbes {
    static let all = [storage, database, cache]

    static let storage = make(
        "browser-storage", "The sign-out clears the page's storage", [.local, .tab],
        "what localStorage and sessionStorage hold")

    static let database = make(
        "browser-indexeddb", "The sign-out clears the page's databases", [.database], "what is in IndexedDB")

    static let cache = make(
        "browser-cache-storage", "The sign-out clears the caches that scripts keep", [.cache],
        "what is in Cache Storage")

    private static func make(
        _ id: String, _ title: String, _ kinds: Set<StoredThings.Kind>, _ what: String
    ) -> Probe {
        Probe(
            id, title, group: .browser, clauses: ["ASVS 14.3.1", "ASVS 14.3.3"], severity: .medium,
            sends: "in a real browser: a sign-in, the protected pages, the sign-out; then a look at " + what,
            follows: ["sign-out-works"]
        ) { auditor in
            let journey = try await auditor.browserJourney()
            let first = try await journey.firstVisit()
            return finding(first, kinds, journey.user)
        }
    }

    static func finding(
        _ first: BrowserJourney.First, _ kinds: Set<StoredThings.Kind>, _ user: UserMarks
    ) -> Finding {
        let put = first.during.things.filter { kinds.contains($0.kind) && !first.before.things.contains($0) }
        let left = Leftover.all(before: first.before, during: first.during, after: first.after, user: user)
            .filter { kinds.contains($0.thing.kind) }
        let evidence =
            first.steps.map { Evidence($0) } + left.map { Evidence("left: \($0.thing.shown), which \($0.because)") }
        switch left.first?.weight {
        case .own: return .fail("what the user's pages have put there is there after the sign-out", evidence)
        case .suspicious:
            return .warning("something that looks like a token is there after the sign-out", evidence)
        case .harmless: return .pass("what is left has nothing in it by which somebody could be known", evidence)
        case nil where put.isEmpty: return .notApplicable("the protected pages put nothing there")
        case nil: return .pass("nothing is left of what the user's pages have put there", evidence)
        }
    }
}
