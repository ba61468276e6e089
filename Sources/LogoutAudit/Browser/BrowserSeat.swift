/// Somebody at a browser: does what a target file's steps say, and looks at what comes of it.
struct BrowserSeat: Sendable {
    let browser: any Browser
    let gate: BrowserGate
    let clock: Surroundings
    let base: WebAddress
    /// How long what should vanish is watched.
    let patience: Duration

    // MARK: Looking

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
    @discardableResult
    func rest(unless isEnough: (PageState) -> Bool = { _ in false }) async throws -> PageState {
        let end = clock.elapsed() + AuditLimits.pagePatience
        var last: PageState?
        var changed = clock.elapsed()
        while true {
            let state = try await stateIfAny()
            let now = clock.elapsed()
            if state != last { (last, changed) = (state, now) }
            if let state {
                let traffic = gate.traffic
                let quiet = now - max(changed, traffic.moved)
                // A stream never ends; what takes long without one is waited for a little longer.
                let enough = traffic.underWay == 0 ? AuditLimits.pageRest : AuditLimits.pageRest * 3
                if isEnough(state) || (state.isComplete && quiet >= enough) || now >= end { return state }
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
        try await browser.open(address.description)
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
            try await browser.back()
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

    // MARK: Doing

    /// Does what the steps say, with somebody's name and password.
    func perform(_ steps: [BrowserStep], as account: Target.Account?) async throws {
        let values = account.map { ["user": $0.name, "password": $0.password] } ?? [:]
        for step in steps {
            switch step {
            case .open(let path): try await open(try path.text(values))
            case .click(let place):
                try await browser.click(try await element(at: place))
                try await rest()
            case .wait(let place): _ = try await element(at: place)
            case .type(let entries):
                for entry in entries {
                    try await browser.type(try entry.value.text(values), into: try await element(at: entry.place))
                }
            case .form(let step): try await fill(step, values)
            case .press(let action, let pages): try await press(action, on: pages)
            }
        }
    }

    /// What a place means, as soon as it is there.
    private func element(at place: BrowserStep.Place) async throws -> BrowserElement {
        let end = clock.elapsed() + AuditLimits.pagePatience
        var arguments: [JSONValue] = [.null, .null]
        switch place {
        case .selector(let selector): arguments[0] = .string(selector)
        case .text(let text): arguments[1] = .string(text)
        }
        while true {
            if let element = BrowserElement(try await browser.run(BrowserScripts.place, arguments)) { return element }
            guard clock.elapsed() < end else {
                let state = try await rest()
                throw BrowserFailure.notFound("there is no \(place.shown) on the page \(state.path)")
            }
            try await clock.sleep(AuditLimits.pageLook)
        }
    }

    /// The forms and links of the page, as soon as one of them will do: a script may make them later.
    private func controls<Found>(
        _ choose: (PageControls, PageState) throws -> Found?
    ) async throws -> (found: Found?, state: PageState, controls: PageControls) {
        let end = clock.elapsed() + patience
        while true {
            let state = try await rest()
            let controls = PageControls(try await browser.run(BrowserScripts.controls, []))
            let found = try choose(controls, state)
            if found != nil || clock.elapsed() >= end { return (found, state, controls) }
            try await clock.sleep(AuditLimits.pageLook)
        }
    }

    private func fill(_ step: Step, _ values: [String: String]) async throws {
        guard case .form(let page) = step.action else { return }
        try await open(try page.text(values))
        let action = try step.formAction?.text(values)
        let (found, state, controls) = try await controls { controls, state -> PageControls.Form? in
            guard let address = WebAddress(state.address) else { return nil }
            return controls.form(for: step, action: action, on: address)
        }
        guard let form = found else {
            let complaint = FormChoice.complaint(step: step, action: action, forms: controls.forms.map(\.form))
            throw BrowserFailure.notFound("\(state.path) in the browser: \(complaint)")
        }
        for fill in step.fill {
            guard let field = form.field(fill.name) else { continue }
            let value = try fill.value.text(values)
            if field.isTyped {
                try await browser.type(value, into: field.element)
            } else {
                _ = try await browser.run(BrowserScripts.set, [field.element.json, .string(value)])
            }
        }
        if let button = form.button(named: step.button) {
            try await browser.click(button)
        } else {
            _ = try await browser.run(BrowserScripts.submit, [form.element.json])
        }
        try await rest()
    }

    private func press(_ action: String, on pages: [String]) async throws {
        for page in pages {
            try await open(page)
            let (found, _, _) = try await controls { controls, state in
                WebAddress(state.address).flatMap { controls.control(leadingTo: action, on: $0) }
            }
            guard let control = found else { continue }
            try await browser.click(control)
            try await rest()
            return
        }
        throw BrowserFailure.notFound(
            "no form or link on \(pages.joined(separator: ", ")) leads to \(action); "
                + "say in `browser: {sign-out: …}` what is clicked")
    }
}
