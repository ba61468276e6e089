/// How somebody signs in and out with a browser, and which pages are for the signed-in alone.
struct BrowserRoute: Hashable, Sendable {
    var signIn: [BrowserStep]
    var signOut: [BrowserStep]
    var pages: [String]

    /// Takes it from what the target file says for browsers, and the rest from its other steps.
    ///
    /// `pages` are protected addresses that are answered with pages. Throws why a browser cannot do it.
    init(target: Target, pages: [String]) throws(BrowserFailure) {
        let told = target.browser
        self.pages = told.map(\.pages).flatMap { $0.isEmpty ? nil : $0 } ?? pages
        self.pages = Array(self.pages.prefix(AuditLimits.browserPages))
        guard !self.pages.isEmpty else {
            throw .none("no protected address is a page; name one that a browser shows in `browser: {pages: [/…]}`")
        }
        if let steps = told?.signIn { signIn = steps } else { signIn = try Self.signIn(target.signIn) }
        if let steps = told?.signOut {
            signOut = steps
        } else {
            signOut = try Self.signOut(target.signOut, pages: self.pages)
        }
    }

    private static func signIn(_ steps: [Step]) throws(BrowserFailure) -> [BrowserStep] {
        var route: [BrowserStep] = []
        for step in steps {
            switch step.action {
            case .form: route.append(.form(step))
            // Whatever a page picks for the next request, a browser has on that page.
            case .request("GET", _): continue
            case .request:
                throw .none(
                    "the sign-in is a request (\(step.shown)), and not a form that a browser could fill in; "
                        + "say in `browser: {sign-in: …}` what is typed and clicked")
            case .command:
                throw .none("a command signs in; say in `browser: {sign-in: …}` what a person types and clicks")
            }
        }
        guard !route.isEmpty else {
            throw .none("the sign-in has no form; say in `browser: {sign-in: …}` what is clicked")
        }
        return route
    }

    private static func signOut(_ steps: [Step], pages: [String]) throws(BrowserFailure) -> [BrowserStep] {
        guard let last = steps.last else { throw .none("there is no sign-out") }
        switch last.action {
        case .form: return [.form(last)]
        case .command: throw .none("a command signs out; say in `browser: {sign-out: …}` what is clicked")
        case .request(_, let path):
            guard path.isPublic else {
                throw .none("the sign-out's address is picked; say in `browser: {sign-out: …}` what is clicked")
            }
            let before = steps.dropLast().compactMap { step -> String? in
                if case .request("GET", let page) = step.action, page.isPublic { page.shown } else { nil }
            }
            return [.press(action: path.shown, pages: before + pages.filter { !before.contains($0) })]
        }
    }
}
