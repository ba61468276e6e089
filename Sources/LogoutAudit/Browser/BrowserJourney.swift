/// What is seen in a browser around a sign-out: two visits, the second with the first's profile, each made once and when
/// a probe first asks for it.
actor BrowserJourney {
    /// What is seen in the browser that keeps pages in memory, from the first visit to what is there after the sign-out.
    struct First: Sendable {
        var pages: [BrowserPage] = []
        /// What the same addresses show to somebody who has not signed in.
        var strangers: [String] = []
        /// What was done, in order.
        var steps: [String] = []
        var before = StoredThings()
        var during = StoredThings()
        var after = StoredThings()
        /// Protected addresses that a worker answered as if somebody were signed in.
        var answeredByWorker: [String] = []
        /// The page in another tab; nil where none of them is drawn by a script.
        var otherTab: String?
        var otherTabShows: BrowserSighting?
        var back: BrowserSighting?
        /// Of addresses that were opened anew.
        var anew: [BrowserSighting] = []
    }

    /// What is seen when it was closed and opened again, without keeping pages in memory.
    struct Second: Sendable {
        var anew: [BrowserSighting] = []
        var back: BrowserSighting?
        var steps: [String] = []
        /// Whether the second user has signed in; why not, where it did not work.
        var nextUser: Result<NextUser, BrowserFailure>?
    }

    /// A text on a page that may be somebody's own.
    struct Mark: Hashable, Sendable {
        var path: String
        var text: String
    }

    /// What the second user sees.
    struct NextUser: Sendable {
        /// Something of the first user, on a page.
        var seen: Mark?
        /// Whether another browser, where the first user has never been, shows all of it as well.
        var isEverywhere = false
        var paths: [String] = []
    }

    let target: Target
    let addresses: [ProtectedAddress]
    let gate: BrowserGate
    let source: any BrowserSource
    let clock: Surroundings
    let redactor: Redactor
    private var first: Result<First, any Error>?
    private var second: Result<Second, any Error>?

    init(
        target: Target, addresses: [ProtectedAddress], gate: BrowserGate, source: any BrowserSource,
        clock: Surroundings, redactor: Redactor
    ) {
        self.target = target
        self.addresses = addresses
        self.gate = gate
        self.source = source
        self.clock = clock
        self.redactor = redactor
    }

    nonisolated var user: UserMarks {
        UserMarks(name: target.user?.name, shows: target.protected.compactMap(\.shows))
    }

    /// How the browser signs in and out; throws why it cannot.
    nonisolated func route() throws(BrowserFailure) -> BrowserRoute {
        let pages = addresses.filter { $0.signedIn.last?.answer.isHTML == true }.map(\.path)
        return try BrowserRoute(target: target, pages: pages)
    }

    /// A browser, and somebody at it; what happens in it before it is closed.
    func sitting<Seen: Sendable>(
        profile: String, keepsPages: Bool, _ happen: (BrowserSeat) async throws -> Seen
    ) async throws -> Seen {
        let browser = try await source.browser(profile: profile, gatePort: gate.port, keepsPages: keepsPages)
        let seat = BrowserSeat(
            browser: browser, gate: gate, clock: clock, base: target.base, patience: target.patience)
        do {
            let seen = try await happen(seat)
            await browser.close()
            return seen
        } catch {
            await browser.close()
            throw error
        }
    }

    func firstVisit() async throws -> First {
        if let first { return try first.get() }
        do {
            let seen = try await makeFirstVisit()
            first = .success(seen)
            return seen
        } catch {
            first = .failure(error)
            throw error
        }
    }

    func secondVisit() async throws -> Second {
        if let second { return try second.get() }
        do {
            let seen = try await makeSecondVisit(after: try await firstVisit())
            second = .success(seen)
            return seen
        } catch {
            second = .failure(error)
            throw error
        }
    }

    // MARK: What visits share

    func shows(_ path: String) -> String? { target.protected.first { $0.path == path }?.shows }

    /// Remembers the cookies that the browser has, so that no report has them.
    func learnCookies(_ seat: BrowserSeat) async throws {
        for (name, value) in try await seat.browser.cookies() { redactor.learn(value, as: "cookie \(name)") }
    }

    /// Opens the pages anew, and returns those that go on showing what they showed.
    func openAnew(_ pages: [BrowserPage], _ seat: BrowserSeat, how: String) async throws -> [BrowserSighting] {
        var sightings: [BrowserSighting] = []
        for page in pages {
            let before = asked(page.path)
            try await seat.open(page.path)
            guard let seen = try await seat.goesOnShowing(pages) else { continue }
            // Requests inside a tunnel are not seen; then the browser's own word is taken.
            let isAsked = target.base.scheme == "https" ? !seen.state.isStored : asked(page.path) > before
            sightings.append(BrowserSighting(page, seen.state, how: "\(page.path) \(how)", asked: isAsked))
        }
        return sightings
    }

    /// How often the server was asked for a path.
    func asked(_ path: String) -> Int {
        guard let address = target.base.resolving(path) else { return 0 }
        return gate.traffic.counts[address.origin + address.path] ?? 0
    }
}
