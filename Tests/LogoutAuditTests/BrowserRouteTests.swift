import Testing

@testable import LogoutAudit

@Suite struct BrowserRouteTests {
    private func target(_ rest: String) throws -> Target {
        try TargetFile.read(
            """
            base: http://127.0.0.1:8000
            user: {name: alice, password: "${P}"}
            protected: [/account]
            \(rest)
            """, environment: ["P": "correct horse"])
    }

    private let form = "sign-in: [{form: /login, fill: {n: \"{{user}}\", p: \"{{password}}\"}}]"

    @Test func `a form is filled in as the target file says`() throws {
        let route = try BrowserRoute(
            target: try target("\(form)\nsign-out: [{form: /account, action: /logout}]"), pages: ["/account"])
        #expect(route.signIn.count == 1 && route.pages == ["/account"])
        guard case .form(let step) = route.signOut.first else {
            Issue.record("no form")
            return
        }
        #expect(step.formAction?.shown == "/logout")
    }

    @Test func `a sign-out that is a request is clicked where a page leads to it`() throws {
        let route = try BrowserRoute(
            target: try target("\(form)\nsign-out: [{get: /me}, {post: /logout}]"), pages: ["/account"])
        #expect(route.signOut == [.press(action: "/logout", pages: ["/me", "/account"])])
    }

    @Test func `a sign-in that a script sends needs clicks`() throws {
        let rest = "sign-in: [{post: /api/login, json: {p: \"{{password}}\"}}]\nsign-out: [{post: /logout}]"
        let failure = try #require(throws: BrowserFailure.self) {
            try BrowserRoute(target: try target(rest), pages: ["/account"])
        }
        #expect(failure.description.contains("browser: {sign-in: …}"))
        let clicks = "browser: {sign-in: [{open: /login}, {type: {\"#p\": \"{{password}}\"}}, {click: {text: Go}}]}"
        let route = try BrowserRoute(target: try target("\(rest)\n\(clicks)"), pages: ["/account"])
        #expect(route.signIn.count == 3 && route.signIn.last == .click(.text("Go")))
    }

    @Test func `without a page there is nothing to look at`() throws {
        let target = try target("\(form)\nsign-out: [{post: /logout}]")
        #expect(throws: BrowserFailure.self) { try BrowserRoute(target: target, pages: []) }
    }

    @Test(arguments: [
        ("browser: {sign-in: [{tap: \"#a\"}]}", "no `tap`"),
        ("browser: {sign-in: [{open: /a, click: \"#a\"}]}", "one thing"),
        ("browser: {sign-in: [{type: x}]}", "here must be fields"),
        ("browser: {sign-in: [{type: {\"#password\": letmein}}]}", "a secret belongs in the environment"),
        ("browser: {sign-in: [{open: \"/a/{{csrf}}\"}]}", "there is no {{csrf}}"),
        ("browser: {sign-in: []}", "the list of steps is empty"),
        ("browser: {pages: [account]}", "is no path"),
        ("second-user: {name: alice, password: \"${P}\"}", "it must be somebody else"),
        ("second-user: {name: bob}", "needs `password`"),
    ])
    func `a mistake in what a browser does is told`(rest: String, says: String) {
        do {
            _ = try target("\(form)\nsign-out: [{post: /logout}]\n\(rest)")
            Issue.record("it was read")
        } catch let error as InvalidTarget {
            #expect(error.faults.contains { "\($0)".contains(says) }, "\(error.faults)")
        } catch { Issue.record("\(error)") }
    }

    // MARK: Which control is clicked

    private func element(_ id: String) -> String { #"{"\#(BrowserElement.key)":"\#(id)"}"# }

    private func controls() throws -> PageControls {
        let search =
            #"{"action":"/search","method":"get","form":\#(element("f1")),"fields":[{"name":"q","type":"text","element":\#(element("q"))}],"buttons":[]}"#
        let login =
            #"{"action":null,"method":"post","form":\#(element("f2")),"fields":[{"name":"n","type":"email","element":\#(element("n"))},{"name":"p","type":"password","element":\#(element("p"))},{"name":"keep","type":"checkbox","element":\#(element("k"))}],"buttons":[{"name":"","text":"Sign in","action":null,"element":\#(element("b"))}]}"#
        let logout =
            #"{"action":"/logout?x=1","method":"post","form":\#(element("f3")),"fields":[],"buttons":[{"name":"out","text":"Leave","action":null,"element":\#(element("o"))}]}"#
        let links = #"[{"action":"http://127.0.0.1:8000/bye","text":"Bye","element":\#(element("l"))}]"#
        return PageControls(
            try #require(JSONValue(text: #"{"forms":[\#(search),\#(login),\#(logout)],"links":\#(links)}"#)))
    }

    @Test func `the form of the sign-in is the one with the fields that are filled in`() throws {
        let page = try #require(WebAddress("http://127.0.0.1:8000/login"))
        let step = try #require(try target("\(form)\nsign-out: [{post: /logout}]").signIn.first)
        let found = try #require(try controls().form(for: step, action: nil, on: page))
        #expect(found.element.id == "f2" && found.button(named: nil)?.id == "b")
        #expect(found.field("p")?.isTyped == true && found.field("keep")?.isTyped == false)
    }

    @Test func `the control of the sign-out is the one that leads there`() throws {
        let page = try #require(WebAddress("http://127.0.0.1:8000/account"))
        #expect(try controls().control(leadingTo: "/logout", on: page)?.id == "o")
        #expect(try controls().control(leadingTo: "/bye", on: page)?.id == "l")
        #expect(try controls().control(leadingTo: "/elsewhere", on: page) == nil)
    }
}
