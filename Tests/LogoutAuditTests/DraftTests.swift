import Testing

@testable import LogoutAudit

@Suite struct DraftTests {
    private func find(user: String?, password: String?) async throws -> TargetDraft {
        let surroundings = Surroundings.test()
        let app = SmallApp(randomBytes: surroundings.randomBytes)
        var finder = DraftFinder(
            try #require(WebAddress("https://app.example/")), user: user, password: password, transport: app,
            surroundings: surroundings)
        return try await finder.find()
    }

    @Test func `without an account the sign-in's form is found`() async throws {
        let draft = try await find(user: nil, password: nil)
        #expect(draft.signInPage == "/login" && draft.userField == "username" && draft.passwordField == "password")
        #expect(draft.hasSignedIn == nil && draft.text.contains("Signing in was not tried"))
    }

    @Test func `with an account the draft is a target file that can be used`() async throws {
        let draft = try await find(user: "alice", password: SmallApp.password)
        #expect(draft.hasSignedIn == true)
        #expect(draft.signOut == .form(page: "/account", action: "/logout") && draft.protected == ["/account"])
        let environment = ["AUDIT_USER": "alice", "AUDIT_PASSWORD": SmallApp.password]
        let target = try TargetFile.read(draft.text, environment: environment)
        let surroundings = Surroundings.test()
        let auditor = Auditor(
            target: target, transport: SmallApp(randomBytes: surroundings.randomBytes), surroundings: surroundings)
        let results = try await auditor.run(ProbeCatalog.all)
        #expect(!results.contains { $0.finding.verdict == .fail })
    }

    @Test func `a wrong password is said in the draft`() async throws {
        let draft = try await find(user: "alice", password: "wrong")
        #expect(draft.hasSignedIn == false && draft.text.contains("did not work"))
    }

    @Test func `the draft has no secret`() async throws {
        #expect(!(try await find(user: "alice", password: SmallApp.password)).text.contains(SmallApp.password))
    }
}
