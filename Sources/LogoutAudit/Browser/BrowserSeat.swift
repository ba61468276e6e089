internal import Synchronization

/// Somebody at a browser: looks at what its tabs show.
final class BrowserSeat: Sendable {
    let browser: any Browser
    let gate: BrowserGate
    let clock: Surroundings
    let base: WebAddress
    /// How long what should vanish is watched.
    let patience: Duration
    /// What the tab showed when it was last looked at, and since when; nil when something was done since.
    private let seen = Mutex<(state: PageState, since: Duration)?>(nil)

    init(browser: any Browser, gate: BrowserGate, clock: Surroundings, base: WebAddress, patience: Duration) {
        (self.browser, self.gate, self.clock, self.base, self.patience) = (browser, gate, clock, base, patience)
    }

    /// Does something, after which the tab has to be looked at anew.
    func act(_ action: (any Browser) async throws -> Void) async throws {
        seen.withLock { $0 = nil }
        try await action(browser)
    }

    /// What the tab shows; nil in between two pages.
    private func stateIfAny() async throws -> PageState? {
        do {
            return PageState(
                try await browser.run(BrowserScripts.state, [.number("\(AuditLimits.pageCharacters)")]))
        } catch {
            guard case .refused(let code, _) = error, code != "invalid session id" else { throw error }
            return nil
        }
    }

    /// What the tab shows as soon as nothing moves any more, or it shows enough.
    ///
    /// When something was clicked, the next page may only be about to come.
    @discardableResult
    func rest(
        isClicked: Bool = false, unless isEnough: (PageState) -> Bool = { _ in false }
    ) async throws -> PageState {
        let end = clock.elapsed() + AuditLimits.pagePatience
        var (last, changed) = seen.withLock { seen in (seen?.state, seen?.since ?? clock.elapsed()) }
        while true {
            let state = try await stateIfAny()
            let now = clock.elapsed()
            if state != last { (last, changed) = (state, now) }
            if let state {
                seen.withLock { [changed] in $0 = (state, changed) }
                let traffic = gate.traffic
                let quiet = now - max(changed, traffic.moved)
                // A stream never ends; what takes long without one is waited for a little longer.
                let enough = traffic.underWay == 0 ? AuditLimits.pageRest : AuditLimits.pageRest * 3
                let rests = state.isComplete && (quiet >= enough || (state.isStill && !isClicked))
                if isEnough(state) || rests || now >= end { return state }
            } else if now >= end {
                throw BrowserFailure.noAnswer("a page cannot be looked at")
            }
            try await clock.sleep(AuditLimits.pageLook)
        }
    }

    /// Goes to an address of the target, as typed in.
    @discardableResult
    func open(_ path: String, unless isEnough: (PageState) -> Bool = { _ in false }) async throws -> PageState {
        guard let address = base.resolving(path) else { throw BrowserFailure.notFound("\(path) is no address") }
        try await act { try await $0.open(address.description) }
        return try await rest(unless: isEnough)
    }

    /// What the tab shows if it is and stays what one of these pages shows to the signed-in alone; nil once it is not.
    func goesOnShowing(_ pages: [BrowserPage]) async throws -> (page: BrowserPage, state: PageState)? {
        var state = try await rest()
        let end = clock.elapsed() + patience
        while let page = pages.first(where: { $0.marks.isShown(in: state.text) }) {
            if clock.elapsed() >= end { return (page, state) }
            try await clock.sleep(AuditLimits.pageLook)
            state = try await stateIfAny() ?? state
        }
        return nil
    }

    /// Presses Back until one of the pages is shown, or there is nothing before.
    func goBack(to pages: [BrowserPage]) async throws -> (page: BrowserPage, state: PageState, steps: Int)? {
        for steps in 1...AuditLimits.stepsBack {
            try await act { try await $0.back() }
            if let seen = try await goesOnShowing(pages) { return (seen.page, seen.state, steps) }
            guard WebAddress(try await rest().address) != nil else { return nil }
        }
        return nil
    }

    /// What the site keeps in the browser.
    func stored() async throws -> StoredThings {
        let limits = [AuditLimits.storedThings, AuditLimits.storedCharacters]
        return StoredThings(try await browser.run(BrowserScripts.stored, limits.map { .number("\($0)") }))
    }

    /// Stays on a page of the target, or goes to one, from which what is kept can be seen.
    func standOnTarget() async throws {
        let state = try await rest()
        if WebAddress(state.address)?.origin != base.origin { try await open("/exeunt-audit-\(clock.hex(8))") }
    }
}
