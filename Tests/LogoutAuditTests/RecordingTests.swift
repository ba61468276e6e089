import Testing

@testable import LogoutAudit

/// Target files that are made of recordings.
@Suite struct RecordingTests {
    private static let site = "https://app.example"

    private func exchange(
        _ line: String, body: String? = nil, headers: HeaderFields = [:], _ status: Int, answer: HeaderFields = [:],
        _ text: String = ""
    ) throws -> Exchange {
        let parts = line.split(separator: " ").map(String.init)
        let address = try #require(WebAddress(parts[1].hasPrefix("/") ? Self.site + parts[1] : parts[1]))
        var headers = headers
        if let body {
            headers["Content-Type"] = body.hasPrefix("{") ? "application/json" : "application/x-www-form-urlencoded"
        }
        var answer = answer
        if answer["Content-Type"] == nil {
            answer["Content-Type"] = text.hasPrefix("{") ? "application/json" : "text/html"
        }
        return Exchange(
            request: WebRequest(parts[0], address, headers: headers, body: body),
            answer: WebAnswer(status: status, headers: answer, body: text))
    }

    private func text(_ exchanges: [Exchange]) throws -> String {
        let text = try RecordingReader.draft(of: exchanges, user: nil, password: nil).text
        #expect(!text.contains("hunter") && !text.contains("alice@"))
        let environment = ["AUDIT_USER": "a", "AUDIT_PASSWORD": "b", "AUDIT_OTP": "c", "AUDIT_CLIENT_SECRET": "d"]
        _ = try TargetFile.read(text, environment: environment)
        return text
    }

    private static let session: HeaderFields = ["Cookie": "sid=s1"]

    private func inside() throws -> [Exchange] {
        [
            try exchange("GET /account", headers: Self.session, 200, "<h1>Account</h1>"),
            try exchange("GET /style.css", 200, answer: ["Content-Type": "text/css"]),
            try exchange("GET https://pictures.example/a", 200, "<p>"),
            try exchange(
                "POST /logout", headers: Self.session, 303,
                answer: ["Location": "/", "Set-Cookie": "sid=; Max-Age=0; Path=/"]),
            try exchange("GET /", 200, "<p>Bye"),
        ]
    }

    @Test func `a name and a password on two pages are two steps`() throws {
        let text = try text(
            [
                try exchange("GET /login", 200, "<form method=post action=/login><input name=email></form>"),
                try exchange("POST /login", body: "email=alice%40a.example", 303, answer: ["Location": "/login/2"]),
                try exchange(
                    "GET /login/2", 200,
                    "<form method=post action=/login/2><input type=hidden name=t value=tok123><input type=password name=pass></form>"
                ),
                try exchange("POST /login/2", body: "t=tok123&pass=hunter22", 303, answer: ["Location": "/account"]),
            ] + inside())
        #expect(text.contains("- form: /login\n    fill: {email: \"{{user}}\"}"))
        #expect(text.contains("fill: {pass: \"{{password}}\"}"))
        #expect(text.contains("protected:\n  - /account\n") && !text.contains("pictures"))
    }

    @Test func `a cookie that a script sends back decoded is picked decoded`() throws {
        let text = try text(
            [
                try exchange("GET /csrf-cookie", 204, answer: ["Set-Cookie": "XSRF-TOKEN=abc123def%3D; Path=/"]),
                try exchange(
                    "POST /login", body: "{\"email\":\"alice@a.example\",\"password\":\"hunter22\"}",
                    headers: ["X-XSRF-TOKEN": "abc123def=", "Cookie": "XSRF-TOKEN=abc123def%3D"], 200, "{}"),
            ] + inside())
        #expect(text.contains("- get: /csrf-cookie\n    pick: {xsrf-token: {decoded-cookie: XSRF-TOKEN}}"))
        #expect(text.contains("headers: {X-XSRF-TOKEN: \"{{xsrf-token}}\"}"))
    }

    @Test func `the ticked box is kept apart from the ordinary sign-in`() throws {
        let form =
            "<form method=post action=/login><input name=user><input type=password name=password><input type=checkbox name=remember_me value=1></form>"
        let text = try text(
            [
                try exchange("GET /login", 200, form),
                try exchange(
                    "POST /login", body: "user=alice%40a.example&password=hunter22&remember_me=1", 303,
                    answer: ["Location": "/account", "Set-Cookie": "remember_token=r1; Path=/; Max-Age=1000"]),
            ] + inside())
        #expect(
            text.contains("sign-in:\n  - form: /login\n    fill: {user: \"{{user}}\", password: \"{{password}}\"}\n"))
        #expect(text.contains("remember:\n  cookie: remember_token\n") && text.contains("remember_me: \"1\""))
    }

    @Test func `a wrong password before the right one, and a new account, are passed over`() throws {
        let page = "<form method=post action=/login><input name=user><input type=password name=password></form>"
        let text = try text(
            [
                try exchange("POST /register", body: "user=x&password=hunter1&password2=hunter1", 303),
                try exchange("GET /login", 200, page),
                try exchange("POST /login", body: "user=alice%40a.example&password=hunter9", 200, page),
                try exchange(
                    "POST /login", body: "user=alice%40a.example&password=hunter22", 303,
                    answer: ["Location": "/account"]),
            ] + inside())
        #expect(text.contains("- form: /login") && !text.contains("register"))
    }

    @Test func `a one-time code is said to need a command`() throws {
        let text = try text(
            [
                try exchange(
                    "POST /login", body: "user=alice%40a.example&password=hunter22", 303, answer: ["Location": "/otp"]),
                try exchange("POST /otp", body: "otp=123456", 303, answer: ["Location": "/account"]),
            ] + inside())
        #expect(text.contains("one-time code"))
    }

    @Test func `a session that is deleted without any word for it is a sign-out`() throws {
        var visit = try inside()
        visit[3] = try exchange(
            "POST /goodbye", body: "{}", headers: Self.session, 200, answer: ["Set-Cookie": "sid=; Max-Age=0; Path=/"],
            "{}")
        let text = try text(
            [try exchange("POST /login", body: "user=alice%40a.example&password=hunter22", 303)] + visit)
        #expect(text.contains("sign-out:\n  - post: /goodbye"))
    }

    @Test func `without a sign-out there is no target file`() throws {
        let visit = [
            try exchange("POST /login", body: "user=alice&password=hunter22", 303),
            try exchange("GET /account", 200, "<p>"),
        ]
        #expect(throws: InvalidRecording.self) { try text(visit) }
    }

    @Test func `addresses with the user's name or a token in them are left out`() throws {
        let text = try text(
            [
                try exchange("POST /login", body: "user=alice%40a.example&password=hunter22", 303),
                try exchange("GET /users/alice%40a.example", headers: Self.session, 200, "<p>"),
            ] + inside())
        #expect(text.contains("1 of the addresses"))
    }

    @Test func `a page that refuses the visitor is expected to`() throws {
        let text = try text(
            [
                try exchange("GET /api/me", 401, answer: ["Set-Cookie": "pre=p1; Path=/"], "{}"),
                try exchange(
                    "POST /api/login", body: "{\"user\":\"alice@a.example\",\"password\":\"hunter22\"}",
                    headers: ["Cookie": "pre=p1"], 200, "{}"),
            ] + inside())
        #expect(text.contains("- get: /api/me\n    expect: [401]\n  - post: /api/login"))
    }

    @Test func `of a recording without cookies and tokens what is missing is said`() throws {
        let text = try text([
            try exchange(
                "POST /api/login", body: "{\"user\":\"alice@a.example\",\"password\":\"hunter22\"}", 200,
                "{\"access_token\": \"opaque-0123456789abcdef\"}"),
            try exchange("GET /api/me", 200, "{}"), try exchange("POST /api/logout", body: "{}", 200, "{}"),
        ])
        #expect(text.contains("is a guess") && text.contains("Bearer {{access}}") && !text.contains("opaque"))
    }

    @Test func `an authorization that a later answer handed out adds a step to the sign-in`() throws {
        let text = try text([
            try exchange(
                "POST /login", body: "user=alice%40a.example&password=hunter22", 303, answer: ["Set-Cookie": "sid=s1"]),
            try exchange("POST /token", body: "{}", headers: Self.session, 200, "{\"jwt\": \"tok-0123456789\"}"),
            try exchange("GET /api/me", headers: ["Authorization": "Token tok-0123456789"], 200, "{}"),
            try exchange("POST /logout", body: "{}", headers: ["Authorization": "Token tok-0123456789"], 200, "{}"),
        ])
        #expect(text.contains("  - post: /token\n    json: {}\n    pick: {access: {json: /jwt}}"))
        #expect(text.contains("headers: {Authorization: \"Token {{access}}\"}\naccess: {value: access}"))
    }

    @Test func `streams are told from pages`() throws {
        var visit = try inside()
        visit.insert(
            try exchange("GET /events", headers: Self.session, 200, answer: ["Content-Type": "text/event-stream"]),
            at: 1)
        visit.insert(try exchange("GET /socket", headers: ["Upgrade": "websocket"], 101), at: 1)
        let text = try text(
            [try exchange("POST /login", body: "user=alice%40a.example&password=hunter22", 303)] + visit)
        #expect(text.contains("streams: [{sse: /events}, {websocket: /socket}]"))
    }

    @Test func `ending all sessions and ending the others are told from the sign-out`() throws {
        var visit = try inside()
        for path in ["/logout/others", "/logout-all"] {
            visit.insert(try exchange("POST \(path)", body: "{}", headers: Self.session, 204), at: 1)
        }
        let text = try text(
            [try exchange("POST /login", body: "user=alice%40a.example&password=hunter22", 303)] + visit)
        #expect(text.contains("sign-out:\n  - post: /logout\n"))
        #expect(
            text.contains("everywhere:\n  - post: /logout-all\n")
                && text.contains("others:\n  - post: /logout/others\n"))
    }

    // MARK: HAR files

    @Test(arguments: [
        "", "{}", "[]", "{\"log\": {}}", "{\"log\": {\"entries\": [{}]}}", "{\"log\": {\"entries\": []}}",
    ])
    func `what is no HAR is told`(_ text: String) {
        #expect(throws: InvalidRecording.self) { try HARFile.read(Array(text.utf8)) }
    }

    @Test func `entries are put in order, packed bodies opened, and joined headers taken apart`() throws {
        let har = """
            {"log": {"entries": [
            {"startedDateTime": "2026-01-01T00:00:02.000Z", "request": {"method": "GET", "url": "https://a.example/2"},
             "response": {"status": 200, "headers": [{"name": "Set-Cookie", "value": "a=1\\nb=2"}],
             "content": {"text": "aGVsbG8=", "encoding": "base64"}}},
            {"startedDateTime": "2026-01-01T00:00:01.000Z", "request": {"method": "post", "url": "https://a.example/1",
             "postData": {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "a", "value": "b c"}]}},
             "response": {"status": 204}},
            {"request": {"method": "GET", "url": "https://a.example/blocked"}, "response": {"status": 0}}]}}
            """
        let exchanges = try HARFile.read(Array(har.utf8))
        #expect(exchanges.map(\.request.address.path) == ["/1", "/2"])
        #expect(exchanges[0].request.body == "a=b+c" && exchanges[0].request.method == "POST")
        #expect(exchanges[1].answer.body == "hello" && exchanges[1].answer.headers.all("set-cookie") == ["a=1", "b=2"])
    }

    // MARK: The recorder's mirror

    private func mirror() throws -> Mirror { Mirror(of: try #require(WebAddress(Self.site)), port: 4000) }

    @Test func `the application sees its own address`() throws {
        let sent = try mirror().outward([
            "Host": "127.0.0.1:4000", "Origin": "http://localhost:4000", "Referer": "http://127.0.0.1:4000/a?b",
            "Cookie": "exeunt-host-sid=1; a=2", "Accept-Encoding": "gzip", "If-None-Match": "x", "Connection": "close",
        ])
        #expect(sent["Origin"] == Self.site && sent["Referer"] == Self.site + "/a?b")
        #expect(sent["Cookie"] == "__Host-sid=1; a=2" && sent["Accept-Encoding"] == "identity")
        #expect(sent["Host"] == nil && sent["If-None-Match"] == nil && sent["Connection"] == nil)
    }

    @Test func `the browser keeps cookies and stays at the recorder`() throws {
        let mirror = try mirror()
        let shown = mirror.inward([
            "Set-Cookie": "__Host-sid=1; Path=/; Secure; HttpOnly; SameSite=Lax",
            "Location": "https://app.example/next", "Strict-Transport-Security": "max-age=1",
            "Content-Security-Policy": "default-src 'self'; upgrade-insecure-requests",
        ])
        #expect(shown["Set-Cookie"] == "exeunt-host-sid=1; Path=/; HttpOnly; SameSite=Lax")
        #expect(shown["Location"] == "http://127.0.0.1:4000/next" && shown["Strict-Transport-Security"] == nil)
        #expect(shown["Content-Security-Policy"] == "default-src 'self'")
        let other = mirror.inward(["Set-Cookie": "a=1; Domain=.app.example; SameSite=None; Secure"])
        #expect(other["Set-Cookie"] == "a=1")
    }

    @Test func `only the application's own addresses are changed in a page`() throws {
        let text = "https://app.example/a https://app.example.org/ https://app.example:8443 'https://app.example'"
        #expect(
            try mirror().inwardText(text)
                == "http://127.0.0.1:4000/a https://app.example.org/ https://app.example:8443 'http://127.0.0.1:4000'")
    }

    @Test func `a name that somebody else gave this machine is not served`() throws {
        #expect(try mirror().isOwn(host: "localhost:4000"))
        #expect(try !mirror().isOwn(host: "evil.example:4000"))
    }

    // MARK: Questions

    @Test func `answers become a target file`() throws {
        var interview = Interview(TargetDraft(base: try #require(WebAddress(Self.site))))
        let answers: [(Interview.Key, String)] = [
            (.userVariable, "WHO"), (.passwordVariable, "SECRET"), (.signIn, "post /api/login"),
            (.signInFields, "email pass"), (.signOut, "/account /logout"), (.protected, "/account /orders"),
            (.refusal, "/login"), (.everywhere, "post /logout-all"), (.passwordChange, "/password old new"),
            (.devices, "/devices data-this=\"([^\"]+)\" delete /devices/{{device}}"),
        ]
        for (key, answer) in answers { #expect(interview.answer(answer, to: key) == nil) }
        let target = try TargetFile.read(interview.draft.text, environment: ["WHO": "a", "SECRET": "b"])
        #expect(
            target.signIn.first?.shown == "POST /api/login" && target.everywhere?.first?.shown == "POST /logout-all")
        #expect(target.devices?.end.first?.shown == "DELETE /devices/{{device}}")
        #expect(target.refusal.redirect == "/login" && target.protected.map(\.path) == ["/account", "/orders"])
    }

    @Test func `a wrong answer is told`() throws {
        var interview = Interview(TargetDraft(base: try #require(WebAddress(Self.site))))
        #expect(interview.answer("hunter 22", to: .passwordVariable) != nil)
        #expect(interview.answer("logout", to: .signOut) != nil)
        #expect(interview.answer("account", to: .protected) != nil)
    }
}
