import Testing

@testable import LogoutAudit

@Suite struct HTMLFormTests {
    private let page = """
        <!-- <form action="/commented"><input name="a"></form> -->
        <script>var t = "<form action='/script'>";</script>
        <FORM Action="/search"><input name=q></FORM>
        <form method='post' action="/login?next=%2Fa&amp;b=1">
          <input type="hidden" name="csrf_token" value="it&#39;s &quot;secret&quot;">
          <input name="username"><input type=password name="password">
          <input type="checkbox" name="remember" value="yes"> <input type="checkbox" name="terms" checked>
          <select name="language"><option value="de">Deutsch<option value="en" selected>English</select>
          <textarea name="note">as &lt;is&gt;</textarea>
          <button type="button" name="show">Show</button><button name="go" value="1">Sign in</button>
        </form>
        <form method="post" action="/logout"><button>Sign out</button></form>
        """

    @Test func `a form is found with what a browser would send`() throws {
        let forms = HTMLForm.all(in: page)
        #expect(forms.map(\.action) == ["/search", "/login?next=%2Fa&b=1", "/logout"])
        let form = try #require(forms.dropFirst().first)
        #expect(form.method == "POST" && form.hasPassword)
        let sent = form.fields.filter(\.isSent).map { "\($0.name)=\($0.value)" }
        #expect(
            sent == ["csrf_token=it's \"secret\"", "username=", "password=", "terms=on", "language=en", "note=as <is>"])
        #expect(form.buttons.map(\.name) == ["go"])
    }

    private func choose(fill: [String] = [], action: String? = nil) throws -> HTMLForm? {
        var step = Step(action: .form(page: Template("/")), line: 1)
        step.fill = fill.map { Step.Named(name: $0, value: Template("x")) }
        let address = try #require(WebAddress("http://app.example/"))
        return FormChoice(step: step, action: action, page: address).form(among: HTMLForm.all(in: page))
    }

    @Test func `the form is the one with the fields, with the action, or with the look of a sign-out`() throws {
        #expect(try choose(fill: ["username", "password"])?.fields.count == 7)
        #expect(try choose(action: "/search")?.method == "GET")
        #expect(try choose()?.action == "/logout")
        #expect(try choose(fill: ["missing"]) == nil)
    }

    @Test func `a page without a form says what to write instead`() {
        let step = Step(action: .form(page: Template("/")), line: 1)
        #expect(FormChoice.complaint(step: step, action: nil, forms: []).contains("`post:` step"))
    }
}
