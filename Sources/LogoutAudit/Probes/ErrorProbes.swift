/// What errors tell.
enum ErrorProbes {
    static let all = [detail]

    /// What only the inside of a program says, and what it is.
    private static func leak(in text: String) -> String? {
        let texts = [
            "Traceback (most recent call last)": "a Python stack trace", "DEBUG = True": "Django's debug page",
            "Werkzeug Debugger": "Werkzeug's debugger", "SQLSTATE[": "a database error", "PG::": "a database error",
            "sqlite3.OperationalError": "a database error", "You have an error in your SQL syntax": "a database error",
            "ActionController::RoutingError": "Rails' debug page", "ActiveRecord::": "Rails' inside",
            "Illuminate\\": "Laravel's inside", "Exception in thread": "a Java stack trace",
            "<b>Fatal error</b>": "a PHP error",
        ]
        if let (_, what) = texts.first(where: { text.contains($0.key) }) { return what }
        if text.contains(/\bat [\w.$<>\[\] ]+ \(?(file:\/\/)?\/[^ )]+:\d+:\d+\)?/) { return "a JavaScript stack trace" }
        if text.contains(/\bat [\w.$]+\([\w]+\.(java|kt):\d+\)/) { return "a Java stack trace" }
        if text.contains(/File "\/[^"]+", line \d+/) { return "a path on the server" }
        if text.contains(/goroutine \d+ \[/) { return "a Go stack trace" }
        if text.contains(/#\d+ \/[^ ]+\.php\(\d+\)/) { return "a PHP stack trace" }
        return nil
    }

    static let detail = Probe(
        "error-detail", "Errors tell nothing of the inside", group: .pages, clauses: ["ASVS 16.5.1", "WSTG-ERRH-01"],
        severity: .low, sends: "an unknown address, nonsense as cookies, and a malformed body to the sign-in"
    ) { auditor in
        var device = auditor.freshDevice()
        var exchanges = [try await device.send(try device.get("/exeunt-audit-" + auditor.surroundings.hex(8)))]
        // What no parser of cookies lets pass, and what only the application itself can find to be nonsense.
        for nonsense in ["%00'\"<{", auditor.surroundings.hex(24)] {
            guard let address = await auditor.addresses.first else { break }
            var request = try device.get(address.path)
            let names = await auditor.credentials.filter(\.isCookie).map(\.name)
            request.headers["Cookie"] = names.map { "\($0)=\(nonsense)" }.joined(separator: "; ")
            if names.isEmpty { request.headers["Cookie"] = nil }
            for header in auditor.target.headers { request.headers[header.name] = "Bearer \(nonsense)" }
            exchanges.append(try await device.send(request))
        }
        if let post = await auditor.firstSignIn.last(where: { !$0.request.isSafe }) {
            for (type, body) in [("application/json", "{\"a\":"), ("application/x-www-form-urlencoded", "%zz=&&=%")] {
                var request = WebRequest("POST", post.request.address, headers: ["Content-Type": type], body: body)
                request.headers["Origin"] = auditor.target.base.origin
                exchanges.append(try await device.send(request))
            }
        }
        for exchange in exchanges {
            if let what = leak(in: exchange.answer.body) {
                return .fail("an error shows \(what)", [Evidence("the error", exchange)])
            }
        }
        return .pass("unknown addresses, nonsense and malformed bodies get plain answers")
    }
}
