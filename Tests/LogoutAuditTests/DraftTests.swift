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

    private let environment = ["AUDIT_USER": "alice", "AUDIT_PASSWORD": SmallApp.password]

    @Test func `without an account the sign-in's form is found`() async throws {
        let draft = try await find(user: nil, password: nil)
        #expect(draft.text.contains("form: /login\n    fill: {username: \"{{user}}\", password: \"{{password}}\"}"))
        #expect(draft.hasSignedIn == nil && draft.text.contains("Signing in was not tried"))
    }

    @Test func `with an account the draft is a target file that can be used`() async throws {
        let draft = try await find(user: "alice", password: SmallApp.password)
        #expect(draft.hasSignedIn == true && draft.protected == ["/account"])
        #expect(draft.text.contains("sign-out:\n  - form: /account\n    action: /logout"))
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

    // MARK: Trying it

    private func check(_ text: String, _ faults: SmallApp.Fault...) async -> TargetCheck {
        let surroundings = Surroundings.test()
        let app =
            faults.contains(.nothingHappens)
            ? SmallApp(.nothingHappens, randomBytes: surroundings.randomBytes)
            : SmallApp(randomBytes: surroundings.randomBytes)
        return await TargetCheck.run(text, environment: environment, transport: app, surroundings: surroundings)
    }

    @Test func `a file that works is said to work`() async {
        let check = await check(SmallApp.targetFile)
        #expect(check.works && check.line.contains("signs in and out") && check.line.contains("2 protected addresses"))
    }

    @Test func `what does not work is said in a line`() async {
        let noSignOut = await check(SmallApp.targetFile, .nothingHappens)
        #expect(!noSignOut.works && noSignOut.line.contains("still signed in"))
        let wrongField = await check(SmallApp.targetFile.replacing("username:", with: "email:"))
        #expect(!wrongField.works && wrongField.line.contains("signing in does not work"))
        let noFile = await check("base: nonsense")
        #expect(!noFile.works && noFile.line.contains("cannot be used yet"))
    }
}
