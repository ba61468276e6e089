/// One request of a sequence, and what to keep of its answer.
package struct Step: Hashable, Sendable {
    enum Action: Hashable, Sendable {
        case request(method: String, path: Template)
        /// Fetches a page and submits one of its forms.
        case form(page: Template)
        /// Runs a program that prints cookies: its name and its arguments.
        case command([Template])
    }

    enum Body: Hashable, Sendable {
        case none
        case fields([Named])
        case json(JSONTemplate)
        case text(Template)
    }

    struct Named: Hashable, Sendable {
        var name: String
        var value: Template
    }

    var action: Action
    /// What a form is filled in with.
    var fill: [Named] = []
    /// The form's own action, where it tells the forms of the page apart.
    var formAction: Template?
    var button: String?
    var body: Body = .none
    var headers: [Named] = []
    var picks: [Pick] = []
    /// The statuses that are fine; nil for any below 400.
    var expect: [Int]?
    var follows = true
    /// Where it stands in the target file.
    var line: Int

    /// The step in a few words: `POST /logout`.
    var shown: String {
        switch action {
        case .request(let method, let path): "\(method) \(path.shown)"
        case .form(let page): "GET \(page.shown), then its form" + (formAction.map { " to \($0.shown)" } ?? "")
        case .command(let words): "the command " + words.map(\.shown).joined(separator: " ")
        }
    }

    var isCommand: Bool { if case .command = action { true } else { false } }
}
