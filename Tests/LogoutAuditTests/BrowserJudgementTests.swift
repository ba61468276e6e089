import Testing

@testable import LogoutAudit

@Suite struct BrowserJudgementTests {
    private let ada = UserMarks(name: "ada", shows: ["Ada keeps 1,815 cards", "Sign out"])

    // MARK: Pages

    @Test func `a page is known by the words that only the signed-in are shown`() throws {
        let marks = try #require(
            PageMarks(signedIn: "Hello, ada\nLetters\nSign out", signedOut: ["Sign in\nName\nPassword"], shows: nil))
        #expect(marks.isShown(in: "Hello, ada Letters Sign out"))
        #expect(!marks.isShown(in: "Sign in Name Password") && !marks.isShown(in: "You are signed out"))
    }

    @Test func `a page that shows everybody the same tells nothing`() {
        #expect(PageMarks(signedIn: "Welcome", signedOut: ["welcome!"], shows: nil) == nil)
    }

    @Test func `the text that the target file names decides, whatever its spaces`() throws {
        let marks = try #require(
            PageMarks(signedIn: "Orders of\n Alice", signedOut: ["Sign in"], shows: "Orders of Alice"))
        #expect(marks.isShown(in: "x Orders  of Alice y") && !marks.isShown(in: "Orders of Bob"))
    }

    // MARK: Whose something is

    @Test(arguments: [
        ("Dear ada", "ada"), ("{\"user\":\"ADA\"}", "ada"), ("Ada keeps  1,815 cards!", "Ada keeps 1,815 cards"),
    ])
    func `the user is found by name and by what the pages show`(text: String, mark: String) {
        #expect(ada.mark(in: text) == mark)
    }

    @Test(arguments: ["Canada", "adapter", "Sign out", "{\"theme\":\"dark\"}", ""])
    func `a part of a word and the text of a button are nobody's`(text: String) {
        #expect(ada.mark(in: text) == nil)
    }

    @Test func `names that every application has are no marks, and of an address the name is one`() {
        #expect(UserMarks(name: "admin", shows: []).mark(in: "/admin/") == nil)
        #expect(UserMarks(name: "grace@example.test", shows: []).mark(in: "Hello Grace") == "grace")
        #expect(UserMarks(name: nil, shows: []).mark(in: "anything") == nil)
    }

    // MARK: What is left

    private func thing(_ key: String, _ value: String) -> StoredThings.Thing {
        StoredThings.Thing(kind: .local, place: "", key: key, value: value)
    }

    private func verdict(
        before: [StoredThings.Thing] = [], during: [StoredThings.Thing], after: [StoredThings.Thing]
    ) -> Verdict {
        let first = BrowserJourney.First(
            before: StoredThings(things: before), during: StoredThings(things: during),
            after: StoredThings(things: after))
        return BrowserStorageProbes.finding(first, [.local, .tab], ada).verdict
    }

    @Test func `what is the user's and stays is a failure`() {
        let draft = thing("draft", "Dear ada")
        #expect(verdict(during: [draft], after: [draft]) == .fail)
        #expect(verdict(during: [draft], after: []) == .pass)
        #expect(verdict(during: [thing("ada:draft", "x")], after: [thing("ada:draft", "x")]) == .fail)
        #expect(verdict(during: [], after: [thing("last", "ada was here")]) == .fail)
    }

    @Test func `a signed token that stays is a failure, and what only looks like a token a warning`() {
        let jwt = thing("t", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl")
        #expect(verdict(during: [jwt], after: [jwt]) == .fail)
        let opaque = thing("t", "k3J9s8Df72hGq1LmZx0Pv5")
        #expect(verdict(during: [opaque], after: [opaque]) == .warning)
    }

    @Test func `what was there without a sign-in, or says nothing of anybody, passes`() {
        let theme = thing("theme", "dark")
        #expect(verdict(during: [theme], after: [theme]) == .pass)
        let visitor = thing("visitor", "k3J9s8Df72hGq1LmZx0Pv5")
        #expect(verdict(before: [visitor], during: [visitor], after: [visitor]) == .notApplicable)
        #expect(verdict(during: [], after: [thing("signedOutAt", "1700000000")]) == .notApplicable)
    }

    @Test func `no report has the value of what is left`() {
        let secret = thing("draft", "Dear ada, the password is swordfish")
        let first = BrowserJourney.First(during: StoredThings(things: [secret]), after: StoredThings(things: [secret]))
        let finding = BrowserStorageProbes.finding(first, [.local], ada)
        #expect(finding.evidence.contains { $0.note.contains("`draft`") })
        #expect(!finding.evidence.contains { $0.note.contains("swordfish") })
    }
}
