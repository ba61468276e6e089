import Synchronization

@testable import LogoutAudit

/// A web application in memory: a page to sign in, an account, a form to sign out, right but for the faults that it is given.
final class SmallApp: Transport {
    enum Fault: Hashable, Sendable {
        case onlyTheCookieGoes, nothingHappens, getSignsOut, noOriginCheck, deletesAtAnotherPath, keepsThePage
        case adoptsTheCookie, leadsAnywhere, showsTheCookie, talksOfItself, countsTokens, redirectsAway
        case noSessionEnds
    }

    private struct State {
        var sessions: Set<String> = []
        var count = 0
        var hosts: Set<String> = []
    }

    private let faults: Set<Fault>
    private let state = Mutex(State())
    private let randomBytes: @Sendable (Int) -> [UInt8]

    init(_ faults: Fault..., randomBytes: @escaping @Sendable (Int) -> [UInt8]) {
        self.faults = Set(faults)
        self.randomBytes = randomBytes
    }

    static let password = "correct-horse-battery"

    static let targetFile = """
        base: https://app.example
        rate: 1000
        patience: 50ms
        user: {name: alice, password: "${AUDIT_PASSWORD}"}
        sign-in:
          - form: /login
            fill: {username: "{{user}}", password: "{{password}}"}
        sign-out:
          - form: /account
            action: /logout
        protected: [/account, /orders]
        """

    /// Every host that a request was for.
    var hosts: Set<String> { state.withLock { $0.hosts } }

    func send(_ request: WebRequest) async throws(WireFailure) -> WebAnswer {
        state.withLock { _ = $0.hosts.insert(request.address.host) }
        switch (request.method, request.address.path) {
        case ("GET", "/login"):
            return page(Self.form(request.address.target))
        case ("POST", "/login"): return signIn(request)
        case ("GET", "/account"), ("GET", "/orders"): return account(request)
        case ("POST", "/logout"): return signOut(request)
        case ("GET", "/logout") where faults.contains(.getSignsOut): return signOut(request)
        default:
            return WebAnswer(
                status: 404, headers: ["Content-Type": "text/html"],
                body: faults.contains(.talksOfItself) ? "Traceback (most recent call last):" : "Not found")
        }
    }

    func listen(_ request: WebRequest, hear: @escaping @Sendable (StreamEvent) -> Void) async throws(WireFailure) {
        hear(.refused)
    }

    func converse(
        _ request: WebRequest, say texts: AsyncStream<String>, hear: @escaping @Sendable (StreamEvent) -> Void
    ) async throws(WireFailure) {
        hear(.refused)
    }

    private func page(_ body: String) -> WebAnswer {
        var headers: HeaderFields = ["Content-Type": "text/html"]
        if !faults.contains(.keepsThePage) { headers["Cache-Control"] = "no-store" }
        return WebAnswer(status: 200, headers: headers, body: body)
    }

    private func redirect(_ place: String, cookies: String...) -> WebAnswer {
        var headers: HeaderFields = ["Location": place]
        for cookie in cookies { headers.add("Set-Cookie", cookie) }
        return WebAnswer(status: 303, headers: headers)
    }

    private func cookie(_ request: WebRequest) -> String? {
        request.headers["Cookie"]?.split(separator: "; ").first { $0.hasPrefix("__Host-sid=") }.map {
            String($0.dropFirst(11))
        }
    }

    private static func form(_ action: String) -> String {
        "<form method=post action='\(action)'><input name=username><input type=password name=password>"
            + "<button>Go</button></form>"
    }

    private func signIn(_ request: WebRequest) -> WebAnswer {
        let body = request.body ?? ""
        guard body.contains("username=alice"), body.contains("password=\(Self.password)") else {
            return page("Wrong password" + Self.form("/login"))
        }
        let old = cookie(request)
        let token = state.withLock { state in
            if let old, faults.isDisjoint(with: [.adoptsTheCookie, .noSessionEnds]) { state.sessions.remove(old) }
            state.count += 1
            let random = randomBytes(20).map { String($0 + 100) }.joined()
            let token =
                faults.contains(.countsTokens)
                ? "session\(1000 + state.count)" : old.map { faults.contains(.adoptsTheCookie) ? $0 : random } ?? random
            state.sessions.insert(token)
            return token
        }
        let query = request.address.query ?? ""
        let next = query.split(separator: "&").first { $0.hasPrefix("next=") }.map {
            FormText.decoded(String($0.dropFirst(5)))
        }
        let isOwn =
            next.map { $0.hasPrefix("/") && !$0.dropFirst().hasPrefix("/") && !$0.contains("\\") && !$0.contains("\t") }
            ?? false
        let place = isOwn || faults.contains(.leadsAnywhere) ? next ?? "/account" : "/account"
        return redirect(place, cookies: "__Host-sid=\(token); Path=/; Secure; HttpOnly; SameSite=Lax")
    }

    private func account(_ request: WebRequest) -> WebAnswer {
        guard let cookie = cookie(request), state.withLock({ $0.sessions.contains(cookie) }) else {
            return redirect("/login?next=\(request.address.path)")
        }
        return page(
            "<h1>Orders of Alice</h1><form method=post action=/logout><button>Sign out</button></form>"
                + (faults.contains(.showsTheCookie) ? "<p>\(cookie)" : ""))
    }

    private func signOut(_ request: WebRequest) -> WebAnswer {
        let isOwn =
            request.headers["Origin"] == "https://app.example"
            && request.headers["Sec-Fetch-Site"] ?? "same-origin" == "same-origin"
        if request.method == "POST", !isOwn, !faults.contains(.noOriginCheck) {
            return WebAnswer(status: 403, body: "Forbidden")
        }
        if faults.contains(.nothingHappens) { return redirect("/account") }
        // Without a cookie there is nothing to end, and a stranger's form must not delete one.
        guard let cookie = cookie(request) else { return redirect("/login") }
        if faults.isDisjoint(with: [.onlyTheCookieGoes, .noSessionEnds]) {
            state.withLock { _ = $0.sessions.remove(cookie) }
        }
        let path = faults.contains(.deletesAtAnotherPath) ? "/account" : "/"
        return redirect(
            faults.contains(.redirectsAway) ? "https://elsewhere.example/bye" : "/login",
            cookies: "__Host-sid=; Path=\(path); Secure; HttpOnly; SameSite=Lax; Max-Age=0")
    }
}
