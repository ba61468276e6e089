/// A browser or an app of somebody: its cookies, what it has picked, and a way out.
///
/// It is a value: a copy is a thief's copy of everything it has.
package struct Device: Sendable {
    let target: Target
    let wire: Wire
    let redactor: Redactor
    let surroundings: Surroundings

    package internal(set) var jar = CookieJar()
    /// What steps use as `{{name}}`.
    package internal(set) var values: [String: String]

    /// What it opens protected addresses with, and what makes that.
    var credentials: [Credential] = []

    /// A `Set-Cookie` line that came, and what a browser makes of it.
    struct Receipt: Hashable, Sendable {
        var set: SetCookie
        var outcome: CookieJar.Outcome
        var exchange: Exchange
    }
    private(set) var receipts: [Receipt] = []
    private(set) var history: [Exchange] = []

    /// One that has never been to the target.
    init(target: Target, wire: Wire, redactor: Redactor, surroundings: Surroundings) {
        self.target = target
        self.wire = wire
        self.redactor = redactor
        self.surroundings = surroundings
        values = target.user?.values ?? [:]
    }

    /// Forgets what has been recorded so far.
    mutating func startRecording() { (receipts, history) = ([], []) }

    // MARK: Sending

    /// Sends a request with this device's cookies and takes in those of the answer; follows no redirect.
    mutating func send(_ request: WebRequest) async throws -> Exchange {
        var request = request
        if request.headers["Cookie"] == nil, let cookies = jar.header(for: request.address) {
            request.headers["Cookie"] = cookies
        }
        if request.headers["User-Agent"] == nil { request.headers["User-Agent"] = "exeunt-audit" }
        let exchange = try await wire.send(request)
        history.append(exchange)
        for line in exchange.answer.headers.all("Set-Cookie") {
            guard let set = SetCookie(line) else { continue }
            learn(cookie: set.name, set.value)
            let outcome = jar.receive(set, from: request.address, now: surroundings.now())
            receipts.append(Receipt(set: set, outcome: outcome, exchange: exchange))
        }
        return exchange
    }

    /// Sends a request and follows where it leads, within the hosts of the target, as browsers do.
    mutating func travel(
        _ request: WebRequest, until isEnough: (Exchange) -> Bool = { _ in false }
    ) async throws -> [Exchange] {
        var exchanges = [try await send(request)]
        while let last = exchanges.last, let next = last.redirect, exchanges.count <= AuditLimits.redirects {
            guard wire.admits(next), !isEnough(last) else { break }
            var request = last.request
            request.address = next
            request.headers["Cookie"] = nil
            let keepsMethod = [307, 308].contains(last.answer.status) || request.isSafe
            if !keepsMethod {
                (request.method, request.body) = ("GET", nil)
                for name in ["Content-Type", "Origin"] { request.headers[name] = nil }
            }
            exchanges.append(try await send(request))
        }
        return exchanges
    }

    /// A page or another thing that is fetched from an address of the target.
    func get(_ path: String) throws(WireFailure) -> WebRequest {
        guard let address = target.base.resolving(path) else { throw .noAnswer("\(path) is no address") }
        var headers = standingHeaders
        headers["Accept"] = "text/html,application/json;q=0.9,*/*;q=0.8"
        return WebRequest("GET", address, headers: headers)
    }

    /// The headers that go with every request once their values are known.
    var standingHeaders: HeaderFields {
        var headers = HeaderFields()
        for header in target.headers {
            if let value = try? header.value.text(values) { headers[header.name] = value }
        }
        return headers
    }

    /// Takes a value in the place of a credential that another device has, or this one.
    mutating func put(_ value: String, inPlaceOf credential: Credential, of owner: Device) {
        guard credential.isCookie else { return values[credential.name] = value }
        for var cookie in owner.jar.cookies where cookie.name == credential.name {
            cookie.value = value
            jar.put(cookie)
        }
    }

    // MARK: Secrets

    func learn(cookie name: String, _ value: String) {
        guard value.lowercased() != "deleted" else { return }
        redactor.learn(value, as: "cookie \(name)")
    }

    func learn(picked name: String, _ value: String) {
        let isToken = target.access == .value(name) || target.refresh?.token == .value(name)
        redactor.learn(value, as: name, evenIfShort: isToken)
    }
}
