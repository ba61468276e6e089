/// Tells by its words what an address or a button is for.
enum SignOutWords {
    private static let signOut = [
        "logout", "log-out", "log_out", "log out", "logoff", "log-off", "log off", "signout", "sign-out", "sign_out",
        "sign out", "signoff", "sign-off", "end-session", "end_session", "abmelden", "deconnexion", "déconnexion",
        "cerrar sesi", "uitloggen",
    ]
    private static let all = ["everywhere", "all", "global", "überall"]
    private static let others = ["other", "anderen", "autres"]

    enum Kind: Hashable, Sendable {
        case this, everywhere, others
    }

    /// Which sessions something ends by what is written on it, an address or a button; nil for what ends none.
    static func kind(_ text: String) -> Kind? {
        let text = text.lowercased()
        guard signOut.contains(where: text.contains) else { return nil }
        if others.contains(where: text.contains) { return .others }
        let words = text.split { !$0.isLetter }.map(String.init)
        return all.contains(where: words.contains) ? .everywhere : .this
    }

    /// The same of a form, by its action and its buttons.
    static func kind(_ form: HTMLForm) -> Kind? {
        let kinds = ([form.action ?? ""] + form.buttons.flatMap { [$0.text, $0.action ?? ""] }).compactMap { kind($0) }
        return kinds.first { $0 != .this } ?? kinds.first
    }

    private static let signInWords = [
        "login", "log in", "log-in", "log_in", "logon", "signin", "sign in", "sign-in", "sign_in", "anmelden",
        "connexion",
    ]

    static func isSignIn(_ text: String) -> Bool { signInWords.contains(where: text.lowercased().contains) }
}
