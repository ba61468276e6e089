/// Makes steps of recorded requests: what was typed and what came from earlier answers has places in them.
struct StepMaker {
    let recording: Recording
    let base: WebAddress
    let user: String?
    let password: String
    /// The names of values that steps have picked so far.
    var names: [String: String] = [:]
    /// The steps of the sign-in, and which of them repeats which request.
    var signIn: [Step] = []
    var places: [Int: Int] = [:]
    /// Hosts besides the base's that the steps lead to.
    private(set) var hosts: Set<String> = []
    private(set) var notes: [String] = []

    /// An answer that has to be fetched again for values in it.
    private struct Need {
        var index: Int
        var picks: [Pick]
    }

    init(recording: Recording, base: WebAddress, user: String?, password: String) {
        (self.recording, self.base, self.user, self.password) = (recording, base, user, password)
    }

    /// The steps that repeat a request, after those that fetch what it needs.
    mutating func steps(for index: Int) -> [Step] {
        if let form = form(for: index) { return [form] }
        let request = recording.exchanges[index].request
        var needs: [Need] = []
        let path = path(of: request.address, at: index, &needs)
        var step = Step(action: .request(method: request.method, path: path), line: 0)
        switch RecordedBody(request) {
        case .none: break
        case .fields(let leaves):
            step.body = .fields(
                leaves.map { Step.Named(name: $0.name, value: template($0.value, named: $0.name, at: index, &needs)) })
        case .json(let value): step.body = .json(json(value, named: "", at: index, &needs))
        case .text(let text): step.body = .text(template(text, named: "", at: index, &needs))
        }
        step.headers = headers(of: request, at: index, &needs)
        return needs.sorted { $0.index < $1.index }.map { fetch($0) } + [step]
    }

    /// The address as a step has it: a path, or the whole where the host is another one.
    mutating func reference(_ address: WebAddress) -> String {
        if address.origin == base.origin { return address.target }
        hosts.insert("\(address.host):\(address.port)")
        return address.description
    }

    private mutating func fetch(_ need: Need) -> Step {
        var step = visit(need.index)
        step.picks = need.picks
        return step
    }

    /// Fetches a page again, and expects what was answered then, be it a refusal.
    mutating func visit(_ index: Int) -> Step {
        var step = Step(action: .request(method: "GET", path: Template(reference(pageAddress(of: index)))), line: 0)
        let status = recording.exchanges[index].answer.status
        if status >= 400 { step.expect = [status] }
        return step
    }

    /// Where a page is fetched from again: what led to it, unless that was a request which changes something.
    private func pageAddress(of index: Int) -> WebAddress {
        let head = recording.exchanges[recording.head(of: index)].request
        return head.isSafe ? head.address : recording.exchanges[index].request.address
    }

    private mutating func path(of address: WebAddress, at index: Int, _ needs: inout [Need]) -> Template {
        var plain = address
        plain.query = nil
        var pieces: [Template.Piece] = [.text(reference(plain))]
        for (number, leaf) in RecordedBody.pairs(address.query ?? "").enumerated() {
            pieces.append(.text((number == 0 ? "?" : "&") + FormText.encoded(leaf.name) + "="))
            let value = template(leaf.value, named: leaf.name, at: index, &needs)
            pieces += value.isPublic && value.names.isEmpty ? [.text(FormText.encoded(leaf.value))] : value.pieces
        }
        return Template(pieces: pieces)
    }

    private mutating func json(
        _ value: JSONValue, named name: String, at index: Int, _ needs: inout [Need]
    ) -> JSONTemplate {
        switch value {
        case .string(let text): return .text(template(text, named: name, at: index, &needs))
        case .array(let items):
            var templates: [JSONTemplate] = []
            for item in items { templates.append(json(item, named: name, at: index, &needs)) }
            return .array(templates)
        case .object(let members):
            var templates: [JSONTemplate.Member] = []
            for (key, member) in members.sorted(by: { $0.key < $1.key }) {
                let value = json(member, named: key, at: index, &needs)
                templates.append(JSONTemplate.Member(name: key, value: value))
            }
            return .object(templates)
        default: return .literal(value.text)
        }
    }

    private static let plainHeaders = [
        "x-requested-with", "x-forwarded", "x-client-data", "x-devtools", "x-playwright",
    ]

    /// The headers that a script has added and that no later step has by itself.
    private mutating func headers(of request: WebRequest, at index: Int, _ needs: inout [Need]) -> [Step.Named] {
        var headers: [Step.Named] = []
        for field in request.headers.fields {
            let name = field.name.lowercased()
            if name == "x-requested-with" { headers.append(Step.Named(name: field.name, value: Template(field.value))) }
            let isOwn = name.hasPrefix("x-") || name.contains("csrf") || name.contains("xsrf")
            guard isOwn, !Self.plainHeaders.contains(where: name.hasPrefix) else { continue }
            let value = template(field.value, named: name.replacing("x-", with: ""), at: index, &needs)
            // What the application's every request has is a standing header already.
            let isKnown = !value.isPublic || field.value.count < 16
            if isKnown { headers.append(Step.Named(name: field.name, value: value)) }
        }
        return headers
    }

    // MARK: Values

    /// A value with a place for what is not the same every time.
    private mutating func template(
        _ value: String, named name: String, at index: Int, _ needs: inout [Need]
    ) -> Template {
        if let known = known(value, named: name) { return known }
        guard Self.looksMade(value, named: name), let origin = recording.origin(of: value, before: index) else {
            return literal(value, named: name)
        }
        let picked = FieldWords.pickName(name)
        let pick = Pick(name: picked, way: origin.way)
        if recording.exchanges[origin.index].request.isSafe {
            if let position = needs.firstIndex(where: { $0.index == origin.index }) {
                needs[position].picks.append(pick)
            } else {
                needs.append(Need(index: origin.index, picks: [pick]))
            }
        } else if let place = places[recording.head(of: origin.index)] {
            signIn[place].picks.append(pick)
        } else {
            return literal(value, named: name)
        }
        names[value] = picked
        return Template(pieces: [.value(picked)])
    }

    /// What was typed, and what has been picked already.
    func known(_ value: String, named name: String) -> Template? {
        if value == password { return Template(pieces: [.value("password")]) }
        if let user, value == user { return Template(pieces: [.value("user")]) }
        return names[value].map { Template(pieces: [.value($0)]) }
    }

    private mutating func literal(_ value: String, named name: String) -> Template {
        var value = value
        if password.count >= RecordingLimits.shortestValue { value = value.replacing(password, with: "{{password}}") }
        guard TargetReader.isSecretName(name) || FieldWords.isOneTimeCode(name), !value.isEmpty else {
            return Template(value)
        }
        let variable = "AUDIT_" + name.uppercased().map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined()
        notes.append("`\(name)` was typed or made by a script: export \(variable)=…")
        return Template("${\(variable)}")
    }

    /// Whether a value looks as if a machine had made it.
    static func looksMade(_ value: String, named name: String) -> Bool {
        let name = name.lowercased()
        if ["csrf", "xsrf", "token", "nonce", "state", "authenticity", "challenge"].contains(where: name.contains) {
            return true
        }
        return value.count >= 8 && value.contains(where: \.isNumber) && !value.hasPrefix("/")
            && !value.contains("://") && !value.contains(" ")
    }

    // MARK: Forms

    /// The form that a request came from, with what was filled in; nil where no page had it.
    private mutating func form(for index: Int) -> Step? {
        let request = recording.exchanges[index].request
        guard request.method == "POST", case .fields(let leaves) = RecordedBody(request) else { return nil }
        // After the sign-in the first page that has it is the one where one lands; before it, the last one is what was used.
        let begin = min(index, (places.keys.max() ?? -1) + 1)
        for page in Array(begin..<index) + (0..<begin).reversed() {
            let exchange = recording.exchanges[page]
            // Taking a page apart takes long, so only one that names what the form sent is.
            guard exchange.request.isSafe, exchange.answer.status < 400, exchange.answer.isHTML,
                exchange.answer.body.hasBytes(of: "<form") || exchange.answer.body.hasBytes(of: "<FORM"),
                leaves.allSatisfy({ exchange.answer.body.hasBytes(of: XMLText.escaped($0.name)) })
            else { continue }
            let forms = HTMLForm.all(in: exchange.answer.body)
            for form in forms where Self.is(form, of: exchange, sourceOf: request, leaves) {
                var step = Step(action: .form(page: Template(reference(pageAddress(of: page)))), line: 0)
                step.fill = fill(of: form, with: leaves)
                step.button = Self.button(of: form, in: leaves)
                func finds(_ step: Step) -> Bool {
                    let action = step.formAction?.shown
                    return FormChoice(step: step, action: action, page: exchange.request.address).form(among: forms)
                        == form
                }
                if step.fill.isEmpty || !finds(step) { step.formAction = Template(request.address.path) }
                if finds(step) { return step }
            }
        }
        return nil
    }

    private static func `is`(
        _ form: HTMLForm, of page: Exchange, sourceOf request: WebRequest, _ leaves: [RecordedBody.Leaf]
    ) -> Bool {
        let buttons = form.buttons
        let leads = form.actions.contains { action in
            let address = page.request.address.resolving(action)
            return address?.path == request.address.path && address?.origin == request.address.origin
        }
        return leads && (form.method == "POST" || buttons.contains { $0.method == "POST" })
            && leaves.allSatisfy { leaf in form.has(leaf.name) || buttons.contains { $0.name == leaf.name } }
    }

    /// The fields whose values are not those that the page came with.
    private mutating func fill(of form: HTMLForm, with leaves: [RecordedBody.Leaf]) -> [Step.Named] {
        leaves.compactMap { leaf in
            guard let field = form.fields.first(where: { $0.name == leaf.name }) else { return nil }
            if let known = known(leaf.value, named: leaf.name), field.type != "hidden" {
                return Step.Named(name: leaf.name, value: known)
            }
            // A token in a hidden field is another one on every page.
            if field.type == "hidden" || (field.isSent && field.value == leaf.value) { return nil }
            return Step.Named(name: leaf.name, value: literal(leaf.value, named: leaf.name))
        }
    }

    private static func button(of form: HTMLForm, in leaves: [RecordedBody.Leaf]) -> String? {
        let pressed = form.buttons.first { button in !button.name.isEmpty && leaves.contains { $0.name == button.name }
        }
        return pressed.flatMap { $0 == form.buttons.first ? nil : $0.name }
    }
}
