extension BrowserJourney {
    func makeFirstVisit() async throws -> First {
        let route = try route()
        return try await sitting(profile: "one", keepsPages: true) { seat in
            var seen = First()
            for path in route.pages { seen.strangers.append(try await seat.open(path).text) }
            try await seat.standOnTarget()
            seen.before = try await seat.stored()
            try await seat.perform(route.signIn, as: target.user)
            try await learnCookies(seat)
            seen.steps.append(
                "signed in with a real browser: " + route.signIn.map(\.shown).joined(separator: ", then "))
            seen.pages = try await learn(route.pages, strangers: seen.strangers, seat)
            seen.steps.append("opened " + seen.pages.map { "\($0.path)" }.joined(separator: ", "))
            seen.during = try await seat.stored()
            learnTokens(seen.during)

            let main = try await seat.browser.tab()
            let shared = seen.pages.first(where: \.isDrawnByScript)
            var other: String?
            if let shared {
                try await seat.act { other = try await $0.newTab() }
                try await seat.open(shared.path) { shared.marks.isShown(in: $0.text) }
                try await seat.rest()
                try await seat.act { try await $0.turn(to: main) }
                seen.otherTab = shared.path
            }
            try await seat.perform(route.signOut, as: target.user)
            seen.steps.append("signed out in it: " + route.signOut.map(\.shown).joined(separator: ", then "))
            if let other, let shared {
                try await seat.act { try await $0.turn(to: other) }
                if let still = try await seat.goesOnShowing([shared]) {
                    seen.otherTabShows = BrowserSighting(
                        shared, still.state,
                        how: "the other tab, looked at \(DurationText.text(target.patience)) after the sign-out")
                }
                try await seat.act { try await $0.turn(to: main) }
            }
            try await lookAfter(&seen, seat)
            return seen
        }
    }

    /// What is there after the sign-out.
    private func lookAfter(_ seen: inout First, _ seat: BrowserSeat) async throws {
        try await seat.standOnTarget()
        let end = clock.elapsed() + target.patience
        repeat {
            // What is deleted while the next page comes already is deleted.
            seen.after = try await seat.stored()
            let left = Leftover.all(before: seen.before, during: seen.during, after: seen.after, user: user)
            guard left.contains(where: { $0.weight > .harmless }) else { break }
            try await clock.sleep(AuditLimits.pageLook)
        } while clock.elapsed() < end
        if !seen.after.workers.isEmpty { seen.answeredByWorker = try await askWorker(seat) }
        if let back = try await seat.goBack(to: seen.pages) {
            seen.back = BrowserSighting(
                back.page, back.state, how: "Back, pressed \(back.steps) times, with pages kept in memory")
        }
        seen.anew = try await openAnew(seen.pages, seat, how: "opened anew in the same window")
    }

    /// Learns what the pages show to the user; those that show nothing else than to strangers are left out.
    private func learn(_ paths: [String], strangers: [String], _ seat: BrowserSeat) async throws -> [BrowserPage] {
        var pages: [BrowserPage] = []
        var last: PageState?
        for path in paths {
            let shows = shows(path)
            let state = try await seat.open(path)
            last = state
            guard let marks = PageMarks(signedIn: state.text, signedOut: strangers, shows: shows) else { continue }
            let source = try await seat.browser.run(
                BrowserScripts.source, [.number("\(AuditLimits.pageCharacters)")])
            let isDrawn = !marks.isShown(in: source.scalar ?? "")
            pages.append(BrowserPage(path: path, marks: marks, text: state.text, isDrawnByScript: isDrawn))
        }
        guard !pages.isEmpty else {
            throw BrowserFailure.notFound(
                "after signing in, the browser shows nothing at \(paths.joined(separator: ", ")) that it did not show before"
                    + (last.map { "; \($0.path) begins with \($0.excerpt)" } ?? ""))
        }
        return pages
    }

    /// Remembers what looks like a token, so that no report has it.
    private func learnTokens(_ stored: StoredThings) {
        for thing in stored.things where Leftover.looksLikeToken(thing.value) {
            redactor.learn(thing.value, as: "stored \(thing.key.prefix(40))")
        }
    }

    /// The protected addresses that a page of the site is answered, signed out, without the server having been asked.
    private func askWorker(_ seat: BrowserSeat) async throws -> [String] {
        let before = addresses.map { asked($0.path) }
        let paths = JSONValue.array(addresses.map { .string($0.path) })
        let answers = try await seat.browser.run(
            BrowserScripts.fetched, [paths, .number("\(AuditLimits.storedCharacters)")])
        var answered: [String] = []
        for (index, address) in addresses.enumerated() {
            guard let answer = FetchedAnswer(answers[pointer: "/\(index)"], path: address.path, base: target.base),
                asked(address.path) == before[index], address.rule.judge(answer.visit) == .accepted
            else { continue }
            answered.append(address.path)
        }
        return answered
    }
}
