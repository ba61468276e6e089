import Testing

@testable import LogoutAudit

@Suite struct RefusalRuleTests {
    private func visit(
        _ status: Int, _ body: String = "", path: String = "/account", redirect: String? = nil
    ) throws -> [Exchange] {
        let address = try #require(WebAddress("http://app.example" + path))
        var headers = HeaderFields()
        headers["Location"] = redirect
        return [
            Exchange(
                request: WebRequest("GET", address), answer: WebAnswer(status: status, headers: headers, body: body))
        ]
    }

    private func rule(
        _ signedIn: [[Exchange]], _ signedOut: [[Exchange]], stated: Target.Refusal = .init(), shows: String? = nil
    ) -> RefusalRule {
        RefusalRule(
            signedIn: signedIn.compactMap(RefusalRule.Sample.init),
            signedOut: signedOut.compactMap(RefusalRule.Sample.init),
            stated: stated, shows: shows)
    }

    private func isUnclear(_ judgement: Judgement) -> Bool { judgement.doubt != nil }

    @Test func `by status: what neither has is unclear`() throws {
        let rule = rule(
            [try visit(200, "Hello Alice"), try visit(200, "Hello Alice")], [try visit(401), try visit(401)])
        #expect(rule.judge(try visit(200, "Hello Alice")) == .accepted)
        #expect(rule.judge(try visit(401)) == .refused)
        #expect(rule.judge(try visit(403)) == .refused)
        for status in [404, 429, 500, 503] { #expect(isUnclear(rule.judge(try visit(status))), "\(status)") }
        #expect(isUnclear(rule.judge(try visit(200, "maintenance"))))
    }

    @Test func `a redirect to the sign-in is a refusal, and another one is not`() throws {
        let signedIn = try visit(200, "Orders of Alice")
        let signedOut = try visit(302, redirect: "/login?next=/account")
        let rule = rule([signedIn, signedIn], [signedOut, signedOut])
        #expect(rule.judge(try visit(302, redirect: "/login?next=/elsewhere")) == .refused)
        #expect(isUnclear(rule.judge(try visit(302, redirect: "/upgrade"))))
    }

    @Test func `where the status is the same the words decide`() throws {
        let signedIn = [
            try visit(200, "Balance 100 owner Alice at 10:01"), try visit(200, "Balance 100 owner Alice at 10:02"),
        ]
        let signedOut = [try visit(200, "Please enter a password 1"), try visit(200, "Please enter a password 2")]
        let rule = rule(signedIn, signedOut)
        #expect(rule.judge(try visit(200, "Balance 250 owner Alice at 11:00")) == .accepted)
        #expect(rule.judge(try visit(200, "Please enter a password 3")) == .refused)
        #expect(isUnclear(rule.judge(try visit(200, "We are busy"))))
    }

    @Test func `where nothing differs nothing is decided`() throws {
        let same = try visit(200, "The same for everybody")
        let rule = rule([same, same], [same, same])
        #expect(isUnclear(rule.judge(same)))
    }

    @Test func `what the target file says comes first`() throws {
        let same = try visit(200, "App shell")
        let byText = rule([try visit(200, "App shell Alice")], [same], shows: "Alice")
        #expect(byText.judge(try visit(200, "Hello Alice")) == .accepted)
        let stated = rule([same], [try visit(404)], stated: Target.Refusal(statuses: [404]))
        #expect(stated.judge(try visit(404)) == .refused)
    }
}
