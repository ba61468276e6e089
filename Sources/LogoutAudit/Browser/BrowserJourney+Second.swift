extension BrowserJourney {
    func makeSecondVisit(after first: First) async throws -> Second {
        let route = try route()
        return try await sitting(profile: "one", keepsPages: false) { seat in
            var seen = Second()
            seen.anew = try await openAnew(
                first.pages, seat, how: "opened in the browser that was closed and opened again")
            // Where nobody has to sign in there is nothing to learn from a sign-out. What a cache shows lets nobody in.
            guard (seen.anew + first.anew).allSatisfy(\.isStored) else { return seen }
            try await seat.perform(route.signIn, as: target.user)
            try await learnCookies(seat)
            var isSignedIn = false
            for page in first.pages {
                let state = try await seat.open(page.path) { page.marks.isShown(in: $0.text) }
                if page.marks.isShown(in: state.text) { isSignedIn = true }
            }
            guard isSignedIn else {
                throw BrowserFailure.notFound("the browser signs in once, and after that sign-out not a second time")
            }
            try await seat.perform(route.signOut, as: target.user)
            seen.steps = ["signed in again, opened \(first.pages.map(\.path).joined(separator: ", ")), signed out"]
            if let back = try await seat.goBack(to: first.pages) {
                seen.back = BrowserSighting(
                    back.page, back.state, how: "Back, pressed \(back.steps) times, with no page kept in memory")
            }
            guard target.secondUser != nil else { return seen }
            do { seen.nextUser = .success(try await lookAsNextUser(first, route, seat)) } catch let failure
                as BrowserFailure
            {
                seen.nextUser = .failure(failure)
            }
            return seen
        }
    }

    private func lookAsNextUser(
        _ first: First, _ route: BrowserRoute, _ seat: BrowserSeat
    ) async throws -> NextUser {
        var next = NextUser()
        next.paths = first.pages.map(\.path)
        let texts = try await looks(of: first.pages, route, seat)
        guard texts.contains(where: { PageMarks(signedIn: $0, signedOut: first.strangers, shows: nil) != nil }) else {
            throw BrowserFailure.notFound("the pages show the same as to somebody who has not signed in")
        }
        for (page, text) in zip(first.pages, texts) {
            let text = PageMarks.flattened(text)
            if let mark = target.neverShownToSecond.first(where: { text.contains(PageMarks.flattened($0)) }) {
                next.seen = Mark(path: page.path, text: mark)
            }
        }
        if next.seen != nil { return next }
        let shown = marks(of: first.pages, in: texts)
        guard let mark = shown.first else { return next }
        // Pages may show the same to both, and name other people rightly. A browser where the first user has never been tells.
        let elsewhere = try await sitting(profile: "two", keepsPages: false) { seat in
            Set(marks(of: first.pages, in: try await looks(of: first.pages, route, seat)))
        }
        let here = shown.first { !elsewhere.contains($0) }
        next.seen = here ?? mark
        next.isEverywhere = here == nil
        return next
    }

    /// What the second user is shown by the pages.
    private func looks(of pages: [BrowserPage], _ route: BrowserRoute, _ seat: BrowserSeat) async throws -> [String] {
        try await seat.perform(route.signIn, as: target.secondUser)
        try await learnCookies(seat)
        var texts: [String] = []
        for page in pages { texts.append(try await seat.open(page.path).text) }
        return texts
    }

    /// What may be the first user's on pages that both have been shown: lines with that name, and what the file says is shown.
    private func marks(of pages: [BrowserPage], in texts: [String]) -> [Mark] {
        zip(pages, texts).flatMap { page, text in
            let own = Set(page.text.split(separator: "\n").map(\.trimmed))
            let lines = text.split(separator: "\n").map(\.trimmed)
                .filter { own.contains($0) && user.name(in: $0) != nil }
            return (lines + [user.ownText(in: text)].compactMap(\.self)).map { Mark(path: page.path, text: $0) }
        }
    }
}
