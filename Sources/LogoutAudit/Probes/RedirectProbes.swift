/// Where one is led after signing in or out.
enum RedirectProbes {
    static let all = [signIn, signOut]

    private static let names = [
        "next", "return", "return_to", "returnTo", "returnUrl", "return_url", "redirect", "redirect_to", "redirect_uri",
        "redirectTo", "callbackUrl", "continue", "url", "goto", "post_logout_redirect_uri",
    ]

    private static let host = "attacker.invalid"

    /// Addresses that lead away, and that checks take for the application's own.
    private static func lures(_ base: WebAddress) -> [String] {
        let other = base.scheme == "http" ? "https" : "http"
        return [
            "\(base.scheme)://\(host)/", "//\(host)/", "/\\\(host)/", "\\/\(host)/", "\(other):\(host)/",
            "/\t/\(host)/",
            // A parser that looks for a host finds none in these, and a browser does.
            "///\(host)/", "////\(host)/",
            "\(base.origin)@\(host)/", "\(base.scheme)://\(base.host).\(host)/",
        ]
    }

    /// What leads away, if anything does.
    private static func escape(in exchanges: [Exchange]) -> Exchange? {
        exchanges.first { exchange in
            exchange.redirect.map { $0.host == host || $0.host.hasSuffix("." + host) } ?? false
        }
    }

    /// The steps with a return address wherever one may be looked for.
    private static func lured(_ steps: [Step], _ lure: String, _ names: [String]) -> [Step] {
        let query = FormText.encoded(names.map { ($0, lure) })
        func with(_ path: Template) -> Template {
            let hasQuery = path.shown.contains("?")
            return Template(pieces: path.pieces + [.text((hasQuery ? "&" : "?") + query)])
        }
        return steps.map { step in
            var step = step
            switch step.action {
            case .form(let page): step.action = .form(page: with(page))
            case .request(let method, let path): step.action = .request(method: method, path: with(path))
            case .command: break
            }
            step.expect = Array(100...599)
            return step
        }
    }

    /// Does steps with a return address; what was answered is in the device's history, also when it went wrong.
    private static func travel(
        _ steps: [Step], on device: inout Device, lure: String, names: [String]
    ) async throws {
        device.startRecording()
        var prepared = try await device.prepare(lured(steps, lure, names))
        // A stranger's own form can carry it as well: in the query of the address, and among the fields.
        let query = prepared.address.query ?? ""
        let missing = names.filter { !query.contains("\($0)=") }.map { ($0, lure) }
        prepared.address.query = [query, FormText.encoded(missing)].filter { !$0.isEmpty }.joined(separator: "&")
        if case .fields(var fields) = prepared.body {
            for index in fields.indices where names.contains(fields[index].name) { fields[index].value = lure }
            for name in names where !fields.contains(where: { $0.name == name }) {
                fields.append(PreparedRequest.Field(name: name, value: lure, isPublic: true))
            }
            prepared.body = .fields(fields)
        }
        prepared.step.picks = []
        _ = try await device.finish(prepared)
    }

    /// The names whose return addresses are not refused altogether; of all at once, where one spoils the rest.
    private static func taken(
        _ names: [String], _ steps: [Step], lure: String, begin: @Sendable () async throws -> Device
    ) async throws -> [String] {
        var taken: [String] = []
        for name in names {
            var device = try await begin()
            do { try await travel(steps, on: &device, lure: lure, names: [name]) } catch is StepFailure { continue }
            taken.append(name)
        }
        return taken
    }

    private static func examine(
        _ auditor: Auditor, _ steps: [Step], begin: @Sendable () async throws -> Device
    ) async throws -> Finding {
        var names = names + auditor.target.redirectParameters
        var device = try await begin()
        let honest = "/exeunt-audit-" + auditor.surroundings.hex(8)
        do { try await travel(steps, on: &device, lure: honest, names: names) } catch let failure as StepFailure {
            names = try await taken(names, steps, lure: honest, begin: begin)
            guard !names.isEmpty else { throw failure }
            device = try await begin()
            try await travel(steps, on: &device, lure: honest, names: names)
        }
        let control = device.history.first { $0.redirect?.path == honest }
        let isHonoured = control != nil
        // Where a path of its own is not taken, a whole address may be; the tricks are for checks, and here is none.
        let lures = isHonoured ? lures(auditor.target.base) : Array(lures(auditor.target.base).prefix(1))
        for lure in lures {
            var device = try await begin()
            // An application may refuse such an address, and then the steps do not come to their end.
            do { try await travel(steps, on: &device, lure: lure, names: names) } catch is StepFailure {}
            if let exchange = escape(in: device.history) {
                return .fail(
                    "the return address `\(lure.replacing("\t", with: "%09"))` leads to another site",
                    [Evidence("the redirect", exchange)])
            }
        }
        return .pass(
            isHonoured ? "return addresses are taken, and none that leads away" : "no return address is taken",
            [Evidence("with a return address of its own", control ?? device.history.last)])
    }

    private static let clauses = ["ASVS 3.7.2", "WSTG-CLNT-04"]

    static let signIn = Probe(
        "open-redirect-sign-in", "The sign-in leads to no foreign site", group: .pages, clauses: clauses,
        severity: .medium,
        sends: "sign-ins with return addresses of other sites"
    ) { auditor in
        if auditor.target.signsInByCommand { return .notApplicable("a command signs in, and leads nowhere") }
        let isJSON = auditor.target.signIn.contains { if case .json = $0.body { true } else { false } }
        if isJSON { return .notApplicable("the sign-in is no form, and leads nowhere") }
        return try await examine(auditor, auditor.target.signIn) { auditor.freshDevice() }
    }

    static let signOut = Probe(
        "open-redirect-sign-out", "The sign-out leads to no foreign site", group: .pages,
        clauses: clauses + ["OIDC RP-Initiated 3"], severity: .medium,
        sends: "sign-outs with return addresses of other sites"
    ) { auditor in
        try await examine(auditor, auditor.target.signOut) { try await auditor.borrow() }
    }
}
