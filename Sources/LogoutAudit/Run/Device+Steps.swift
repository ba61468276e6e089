extension Device {
    /// Does all steps; returns what was sent and answered.
    @discardableResult
    package mutating func perform(_ steps: [Step]) async throws -> [Exchange] {
        var exchanges: [Exchange] = []
        for step in steps { exchanges += try await perform(step) }
        return exchanges
    }

    private mutating func perform(_ step: Step) async throws -> [Exchange] {
        if case .command(let words) = step.action {
            try await run(words, of: step)
            return []
        }
        let prepared = try await prepare(step)
        return try await finish(prepared)
    }

    /// Does all steps but the last, and makes that one ready.
    mutating func prepare(_ steps: [Step]) async throws -> PreparedRequest {
        try await perform(Array(steps.dropLast()))
        guard let last = steps.last else {
            throw StepFailure(step: "none", line: 0, reason: "there is no step")
        }
        return try await prepare(last)
    }

    /// Sends what was made ready, follows, checks and picks.
    mutating func finish(_ prepared: PreparedRequest) async throws -> [Exchange] {
        let step = prepared.step
        let exchanges =
            step.follows ? try await travel(prepared.request) : [try await send(prepared.request)]
        guard let last = exchanges.last else { return [] }
        let status = last.answer.status
        let isExpected =
            step.expect.map { expected in exchanges.contains { expected.contains($0.answer.status) } } ?? (status < 400)
        guard isExpected else {
            let wanted = step.expect.map { $0.map(String.init).joined(separator: " or ") } ?? "a status below 400"
            throw failure(step, "it was answered \(status), and \(wanted) was expected", last)
        }
        if let missing = take(step.picks, from: exchanges.map(\.answer)) {
            throw failure(step, "the answer has not got \(missing.sought), to be picked as \(missing.name)", last)
        }
        return exchanges
    }

    /// Keeps what is picked, each from the first answer that has it, for a token may come before a redirect.
    ///
    /// Returns what none of them has.
    mutating func take(_ picks: [Pick], from answers: [WebAnswer]) -> Pick? {
        for pick in picks {
            let jar = jar
            guard let value = answers.lazy.compactMap({ pick.value(in: $0, jar: jar) }).first else { return pick }
            values[pick.name] = value
            learn(picked: pick.name, value)
        }
        return nil
    }

    func failure(_ step: Step, _ reason: String, _ exchange: Exchange? = nil) -> StepFailure {
        StepFailure(step: step.shown, line: step.line, reason: reason, exchange: exchange)
    }

    // MARK: Making ready

    func text(_ template: Template, of step: Step) throws(StepFailure) -> String {
        do throws(Template.MissingValue) { return try template.text(values) } catch {
            throw failure(step, error.description)
        }
    }

    private mutating func prepare(_ step: Step) async throws -> PreparedRequest {
        switch step.action {
        case .form(let page): return try await prepareForm(step, page: page)
        case .command: throw failure(step, "a command is no request")
        case .request(let method, let path):
            guard let address = target.base.resolving(try text(path, of: step)) else {
                throw failure(step, "that is no address")
            }
            var prepared = PreparedRequest(
                step: step, method: method, address: address, isAddressPublic: path.isPublic, headers: [:],
                body: try body(of: step))
            let isNavigation = if case .fields = prepared.body { true } else { method == "GET" }
            prepared.headers = try headers(of: step, to: method, isNavigation: isNavigation)
            return prepared
        }
    }

    private func body(of step: Step) throws -> PreparedRequest.Body {
        switch step.body {
        case .none: return .none
        case .fields(let fields):
            return .fields(
                try fields.map {
                    PreparedRequest.Field(
                        name: $0.name, value: try text($0.value, of: step), isPublic: $0.value.isPublic)
                })
        case .json(let json):
            do throws(Template.MissingValue) { return .json(json, text: try json.body(values)) } catch {
                throw failure(step, error.description)
            }
        case .text(let template): return .text(try text(template, of: step), isPublic: template.isPublic)
        }
    }

    /// What a browser and the application's own page send along.
    private func headers(of step: Step, to method: String, isNavigation: Bool) throws -> HeaderFields {
        var headers = standingHeaders
        headers["Accept"] = isNavigation ? "text/html,application/json;q=0.9,*/*;q=0.8" : "application/json, */*;q=0.5"
        headers["Sec-Fetch-Site"] = "same-origin"
        headers["Sec-Fetch-Mode"] = isNavigation ? "navigate" : "cors"
        headers["Sec-Fetch-Dest"] = isNavigation ? "document" : "empty"
        headers["Referer"] = target.base.origin + "/"
        if method != "GET", method != "HEAD" { headers["Origin"] = target.base.origin }
        for header in step.headers { headers[header.name] = try text(header.value, of: step) }
        return headers
    }

    private mutating func prepareForm(_ step: Step, page: Template) async throws -> PreparedRequest {
        let visit = try await travel(try get(try text(page, of: step)))
        guard let last = visit.last else { throw failure(step, "there is no page") }
        guard last.answer.status < 400 else {
            throw failure(step, "its page was answered \(last.answer.status)", last)
        }
        let action = try step.formAction.map { try text($0, of: step) }
        let forms = HTMLForm.all(in: last.answer.body)
        guard let form = FormChoice(step: step, action: action, page: last.request.address).form(among: forms) else {
            throw failure(step, FormChoice.complaint(step: step, action: action, forms: forms), last)
        }
        let button = step.button.flatMap { name in form.buttons.first { $0.name == name } } ?? form.buttons.first
        let reference = button?.action ?? form.action ?? ""
        guard let address = last.request.address.resolving(reference) else {
            throw failure(step, "the form's action \(reference) is no address", last)
        }
        let method = button?.method ?? form.method
        return PreparedRequest(
            step: step, method: method, address: address, isAddressPublic: true,
            headers: try headers(of: step, to: method, isNavigation: true),
            body: .fields(try fields(of: form, button: button, step: step)))
    }

    private func fields(
        of form: HTMLForm, button: HTMLForm.Button?, step: Step
    ) throws -> [PreparedRequest.Field] {
        var fields: [PreparedRequest.Field] = []
        for field in form.fields where field.isSent && !step.fill.contains(where: { $0.name == field.name }) {
            if field.type == "hidden", !WebAddress.isPlainPath(field.value) {
                redactor.learn(field.value, as: "hidden \(field.name)")
            }
            // A short hidden value is an option of the form; a long one may be a forgery token.
            fields.append(
                PreparedRequest.Field(name: field.name, value: field.value, isPublic: field.value.count < 8))
        }
        for fill in step.fill {
            fields.append(
                PreparedRequest.Field(
                    name: fill.name, value: try text(fill.value, of: step), isPublic: fill.value.isPublic))
        }
        if let button, !button.name.isEmpty {
            fields.append(PreparedRequest.Field(name: button.name, value: button.value, isPublic: true))
        }
        return fields
    }
}
