/// A target file in the making: what was seen of a site, and what is left for its owner to say.
package struct TargetDraft: Hashable, Sendable {
    package enum SignOut: Hashable, Sendable {
        /// A form of a page, by its action.
        case form(page: String, action: String)
        /// A link that signs out, which is a finding in itself.
        case link(String)
    }

    package var base: WebAddress
    /// The page with the sign-in's form.
    package var signInPage: String?
    package var userField: String?
    package var passwordField: String?
    package var rememberField: String?
    package var signOut: SignOut?
    package var protected: [String] = []
    /// The names of the cookies that the sign-in set, with what is missing of each.
    package var cookies: [String] = []
    /// Whether signing in worked; nil where it was not tried.
    package var hasSignedIn: Bool?

    /// The file, with comments that say what to check and what else can be said.
    package var text: String {
        ([opening, signInText, signOutText, protectedText, more] as [String]).joined(separator: "\n")
    }

    private var opening: String {
        let seen =
            switch hasSignedIn {
            case true?:
                "# Signing in was tried, and worked. The sign-in set: \(cookies.isEmpty ? "no cookie" : cookies.joined(separator: "; ")).\n"
            case false?: "# Signing in was tried, and did not work: check the fields and the account.\n"
            case nil:
                "# Signing in was not tried: set AUDIT_USER and AUDIT_PASSWORD and run `exeunt audit init` again to see more.\n"
            }
        return """
            # How `exeunt audit` signs in to \(base.origin) and out of it.
            # Secrets come from the environment: export AUDIT_PASSWORD=…
            \(seen)base: \(base.origin)
            user: {name: "${AUDIT_USER}", password: "${AUDIT_PASSWORD}"}

            """
    }

    private var signInText: String {
        guard let signInPage, let passwordField else {
            return """
                # No sign-in form was seen. For JSON: post: /api/login, json: {…}, pick: {access: {json: /access_token}}
                sign-in:
                  - form: /login
                    fill: {username: "{{user}}", password: "{{password}}"}

                """
        }
        let user = userField.map { "\(Self.quoted($0)): \"{{user}}\", " } ?? ""
        let fill = "{\(user)\(Self.quoted(passwordField)): \"{{password}}\"}"
        var text = "sign-in:\n  - form: \(Self.quoted(signInPage))\n    fill: \(fill)\n"
        if let rememberField {
            text += """
                # There is a box for remember-me. Name the cookie that it sets:
                # remember:
                #   cookie: remember_me
                #   sign-in:
                #     - form: \(Self.quoted(signInPage))
                #       fill: {\(user)\(Self.quoted(passwordField)): "{{password}}", \(Self.quoted(rememberField)): "on"}

                """
        }
        return text
    }

    private var signOutText: String {
        switch signOut {
        case .form(let page, let action):
            return "sign-out:\n  - form: \(Self.quoted(page))\n    action: \(Self.quoted(action))\n"
        case .link(let path):
            return
                "# The sign-out is a link, so whatever fetches it signs out.\nsign-out:\n  - get: \(Self.quoted(path))\n"
        case nil:
            return """
                # No sign-out was seen. The last step is the request that signs out.
                sign-out:
                  - form: /account
                    action: /logout

                """
        }
    }

    private var protectedText: String {
        if protected.isEmpty {
            return
                "# Addresses that only the signed-in may see; three or more, a download among them.\nprotected: [/account]\n"
        }
        let lines = protected.map { "  - \(Self.quoted($0))\n" }.joined()
        return "# Answered otherwise to those who are not signed in. Add a download.\nprotected:\n" + lines
    }

    private var more: String {
        """
        # What else there is to be tried, where the application has it:
        # headers: {Authorization: "Bearer {{access}}"}
        # access: {value: access}
        # refresh:
        #   token: {value: refresh}
        #   steps:
        #     - post: /api/refresh
        #       json: {refresh_token: "{{refresh}}"}
        #       pick: {access: {json: /access_token}, refresh: {json: /refresh_token}}
        # everywhere: [{form: /account, action: /logout-everywhere}]
        # others: [{form: /account, action: /logout-others}]
        # password-change:
        #   new-password: "${AUDIT_NEW_PASSWORD}"
        #   steps: [{form: /password, fill: {old: "{{password}}", new: "{{new-password}}"}}]
        # streams: [{sse: /events}, {websocket: /socket}]

        """
    }

    /// A text as YAML has it, in quotes where it needs them.
    private static func quoted(_ text: String) -> String {
        text.wholeMatch(of: /[A-Za-z\/_][A-Za-z0-9_.\/-]*/) == nil ? JSONString.quoted(text) : text
    }
}
