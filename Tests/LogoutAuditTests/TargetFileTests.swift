import Testing

@testable import LogoutAudit

@Suite struct TargetFileTests {
    private let environment = ["AUDIT_PASSWORD": "correct horse"]
    private let good = """
        base: http://127.0.0.1:8000
        user: {name: alice, password: "${AUDIT_PASSWORD}"}
        sign-in:
          - form: /login
            fill: {username: "{{user}}", password: "{{password}}"}
        sign-out:
          - form: /account
            action: /logout
        protected: [/account]
        """

    private func faults(_ text: String) -> [String] {
        do {
            _ = try TargetFile.read(text, environment: environment)
            return []
        } catch { return error.faults.map(\.description) }
    }

    @Test func `a file is read, with secrets from the environment`() throws {
        let target = try TargetFile.read(good, environment: environment)
        #expect(target.base.origin == "http://127.0.0.1:8000" && target.hosts == ["127.0.0.1:8000"])
        #expect(target.user?.password == "correct horse" && target.secrets == environment)
        #expect(target.signIn.count == 1 && target.signOut.count == 1 && target.protected.map(\.path) == ["/account"])
    }

    @Test func `where the application is may come from the environment, and is no secret`() throws {
        let text = good.replacing(
            "base: http://127.0.0.1:8000", with: "base: \"${AUDIT_URL}\"\nhosts: [\"${AUDIT_HOST}\"]")
        let places = ["AUDIT_URL": "https://app.example", "AUDIT_HOST": "api.example:8443"]
        let target = try TargetFile.read(text, environment: environment.merging(places) { $1 })
        #expect(target.base.origin == "https://app.example" && target.hosts.contains("api.example:8443"))
        #expect(target.secrets == environment)
    }

    @Test(arguments: [
        (
            "protected: [/account]", "protect: [/account]",
            "line 9: protect: a target file has no `protect`; did you mean `protected`?"
        ),
        ("base: http://127.0.0.1:8000", "base: 127.0.0.1:8000", "line 1: base: `127.0.0.1:8000` is no web address"),
        (
            "base: http://127.0.0.1:8000", "base: http://127.0.0.1:8000/app",
            "line 1: base: it is the scheme, the host and the port alone"
        ),
        (#""${AUDIT_PASSWORD}""#, "secret123", "line 2: user.password: a secret belongs in the environment"),
        (
            #""${AUDIT_PASSWORD}""#, #""${OTHER_PASSWORD}""#,
            "line 2: user.password: the environment has no OTHER_PASSWORD"
        ),
        ("form: /login", "frm: /login", "line 4: sign-in[0].frm: a step has no `frm`; did you mean `form`?"),
        ("form: /login", "form: login", "line 4: sign-in[0].form: `login` is no path; it begins with a slash"),
        ("form: /login", "form: /login\n    get: /login", "a step does one thing, and this has `get` and `form`"),
        ("fill: {username", "fields: {username", "line 5: sign-in[0].fields: a `form:` step has no `fields`"),
        ("{{password}}", "{{pasword}}", "line 4: sign-in: {{pasword}} is used before any step picks it"),
        ("{{password}}", "letmein", "line 5: sign-in[0].fill.password: a secret belongs in the environment"),
        ("{{user}}", "{{user", "is not closed"),
        ("protected: [/account]", "protected: []", "line 9: protected: name at least one address"),
        (
            "protected: [/account]", "protected: [/account]\nrate: fast",
            "line 10: rate: here must be a number from 1 to 1000, not `fast`"
        ),
        (
            "protected: [/account]", "protected: [/account]\npatience: 5",
            "line 10: patience: here must be a time such as 500ms"
        ),
        (
            "protected: [/account]", "protected: [/account]\naccess: {value: access}",
            "the sign-in picks nothing called `access`"
        ),
        (
            "protected: [/account]", "protected: [/account]\nstreams: [{sse: /events, send: hello}]",
            "`send` is for a WebSocket"
        ),
        (
            "protected: [/account]", "protected: [/account]\nstreams: [{websocket: /ws, send: '{{access}}'}]",
            "streams: {{access}} is used before any step picks it"
        ),
        ("protected: [/account]", "protected: [/account]\n  - x: [", "this is no YAML"),
        ("action: /logout", "action: /logout\n    pick: {a: {jsn: /b}}", "did you mean `json`?"),
        ("action: /logout", "action: /logout\n    pick: {a: {json: b.c}}", "write /b/c"),
        ("action: /logout", "action: /logout\n    pick: {a: {regex: '('}}", "is no regular expression"),
    ])
    func `a mistake is told with its line, its place and what to write`(right: String, wrong: String, says: String) {
        let told = faults(good.replacing(right, with: wrong))
        #expect(told.contains { $0.contains(says) }, "\(told)")
    }

    @Test func `all mistakes are told at once, in the order of the file`() {
        let told = faults("base: nowhere\nsign-in: []\nrate: 0\n")
        for says in ["needs `sign-out`", "is no web address", "the list of steps is empty", "rate: here must be"] {
            #expect(told.contains { $0.contains(says) }, "\(told)")
        }
    }

    @Test func `an empty file says how to begin`() {
        #expect(faults("").first?.contains("exeunt audit") == true)
    }
}
