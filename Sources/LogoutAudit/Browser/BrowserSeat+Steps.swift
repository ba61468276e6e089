extension BrowserSeat {
    /// Does what the steps say, with somebody's name and password.
    func perform(_ steps: [BrowserStep], as account: Target.Account?) async throws {
        let values = account?.values ?? [:]
        let lastClick = steps.lastIndex { if case .click = $0 { true } else { false } }
        for (index, step) in steps.enumerated() {
            switch step {
            case .open(let path): try await open(try path.text(values))
            case .click(let place): try await click(place, isLast: index == lastClick)
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

    /// Clicks when the page rests, as people do.
    ///
    /// On a page whose script was not ready a click does nothing, and people
    /// click again; what opens a menu they do not.
    private func click(_ place: BrowserStep.Place, isLast: Bool) async throws {
        _ = try await element(at: place)
        for _ in 0..<(isLast ? AuditLimits.clicks : 1) {
            let before = try await rest()
            let element = try await element(at: place)
            try await act { try await $0.click(element) }
            if try await rest(isClicked: true) != before { return }
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
        _ = try await browser.run(BrowserScripts.unchecked, [form.element.json])
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
            try await act { try await $0.click(button) }
        } else {
            try await act { _ = try await $0.run(BrowserScripts.submit, [form.element.json]) }
        }
        try await rest(isClicked: true)
    }

    private func press(_ action: String, on pages: [String]) async throws {
        for page in pages {
            try await open(page)
            let (found, _, _) = try await controls { controls, state in
                WebAddress(state.address).flatMap { controls.control(leadingTo: action, on: $0) }
            }
            guard let control = found else { continue }
            try await act { try await $0.click(control) }
            try await rest(isClicked: true)
            return
        }
        throw BrowserFailure.notFound(
            "no form or link on \(pages.joined(separator: ", ")) leads to \(action); "
                + "say in `browser: {sign-out: …}` what is clicked")
    }
}
