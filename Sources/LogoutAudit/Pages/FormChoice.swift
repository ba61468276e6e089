/// Finds the form that a step means among those of a page.
struct FormChoice {
    let step: Step
    /// The action that the step names.
    let action: String?
    let page: WebAddress

    func form(among forms: [HTMLForm]) -> HTMLForm? {
        let fitting = forms.filter { form in step.fill.allSatisfy { form.has($0.name) } && hasButton(form) }
        if let action {
            let wanted = page.resolving(action)?.path
            return fitting.first { form in
                form.actions.contains { page.resolving($0)?.path == wanted }
            }
        }
        if !step.fill.isEmpty { return fitting.first }
        return fitting.first(where: Self.looksLikeSignOut) ?? fitting.first { $0.method == "POST" } ?? fitting.first
    }

    private func hasButton(_ form: HTMLForm) -> Bool {
        step.button.map { name in form.buttons.contains { $0.name == name } } ?? true
    }

    private static let words = [
        "logout", "log out", "log-out", "signout", "sign out", "sign-out", "sign_out", "log_out",
    ]

    /// Whether it is the form of a sign-out, by its action or the text of a button.
    static func looksLikeSignOut(_ form: HTMLForm) -> Bool {
        let texts = form.actions + form.buttons.map(\.text)
        return texts.contains { text in words.contains { text.lowercased().contains($0) } }
    }

    /// Why there is no such form, with what there is.
    static func complaint(step: Step, action: String?, forms: [HTMLForm]) -> String {
        guard !forms.isEmpty else {
            return "the page has no form (one that a script makes is not seen; write the request as a `post:` step)"
        }
        let wanted =
            (step.fill.isEmpty ? [] : ["the fields \(step.fill.map(\.name).listed)"])
            + (action.map { ["the action \($0)"] } ?? []) + (step.button.map { ["a button named \($0)"] } ?? [])
        let there = forms.map { form in
            "\(form.method) \(form.action ?? "(this page)") with \(form.fields.isEmpty ? "no fields" : form.fields.map(\.name).listed)"
        }
        return "no form of the page has \(wanted.joined(separator: " and ")); it has: \(there.joined(separator: "; "))"
    }
}
