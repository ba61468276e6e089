/// Writes a draft as a target file.
struct TargetDraftText {
    let draft: TargetDraft

    var text: String {
        [
            opening, signIn, tokens, remember, signOut, endings, devices, passwordChange, protected, refusal, streams,
            more,
        ].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private var opening: String {
        var lines = [
            "# How `exeunt audit` signs in to \(draft.base.origin) and out of it.",
            "# Secrets come from the environment: export \(draft.userVariable)=… \(draft.passwordVariable)=…",
        ]
        if draft.hasSignedIn == true {
            let cookies = draft.cookies.isEmpty ? "no cookie" : draft.cookies.joined(separator: "; ")
            lines.append("# Signing in was tried, and worked. The sign-in set: \(cookies).")
        } else if draft.hasSignedIn == false {
            lines.append("# Signing in was tried, and did not work: check the fields and the account.")
        }
        lines += draft.notes.map { "# " + $0.filter { !$0.isNewline } }
        lines.append("base: \(draft.base.origin)")
        if !draft.hosts.isEmpty { lines.append("hosts: \(YAMLText.list(draft.hosts))") }
        lines.append("user: {name: \"${\(draft.userVariable)}\", password: \"${\(draft.passwordVariable)}\"}")
        return lines.joined(separator: "\n") + "\n"
    }

    private var signIn: String {
        guard !draft.signIn.isEmpty else {
            return """
                # No sign-in was seen. For JSON: post: /api/login, json: {…}, pick: {access: {json: /access_token}}
                sign-in:
                  - form: /login
                    fill: {username: "{{user}}", password: "{{password}}"}

                """
        }
        return "sign-in:\n" + YAMLText.steps(draft.signIn, indent: 2)
    }

    private var tokens: String {
        var text = draft.headers.isEmpty ? "" : "headers: \(YAMLText.named(draft.headers))\n"
        if let access = draft.access { text += "access: \(YAMLText.place(access))\n" }
        if let publicKey = draft.publicKey { text += "public-key: \(YAMLText.scalar(publicKey))\n" }
        if let refresh = draft.refresh {
            text += "refresh:\n  token: \(YAMLText.place(refresh.token))\n  steps:\n"
            text += YAMLText.steps(refresh.steps, indent: 4)
        }
        return text
    }

    private var remember: String {
        if let remember = draft.remember {
            let signIn = remember.signIn.map { "  sign-in:\n" + YAMLText.steps($0, indent: 4) } ?? ""
            return "remember:\n  cookie: \(YAMLText.scalar(remember.cookie))\n" + signIn
        }
        guard !draft.rememberSteps.isEmpty else { return "" }
        let steps = YAMLText.steps(draft.rememberSteps, indent: 4).split(separator: "\n").map { "# \($0)\n" }.joined()
        return "# There is a box for remember-me. Name the cookie that it sets:\n"
            + "# remember:\n#   cookie: remember_me\n#   sign-in:\n" + steps
    }

    private var signOut: String {
        guard let last = draft.signOut.last else {
            return """
                # No sign-out was seen. The last step is the request that signs out.
                sign-out:
                  - form: /account
                    action: /logout

                """
        }
        let isLink = if case .request("GET", _) = last.action { true } else { false }
        return (isLink ? "# The sign-out is a link, so whatever fetches it signs out.\n" : "")
            + "sign-out:\n" + YAMLText.steps(draft.signOut, indent: 2)
    }

    private var endings: String {
        [("everywhere", draft.everywhere), ("others", draft.others)].filter { !$0.1.isEmpty }.map { key, steps in
            "\(key):\n" + YAMLText.steps(steps, indent: 2)
        }.joined()
    }

    private var devices: String {
        guard let devices = draft.devices else { return "" }
        return "devices:\n  identify:\n" + YAMLText.steps(devices.identify, indent: 4) + "  end:\n"
            + YAMLText.steps(devices.end, indent: 4)
    }

    private var passwordChange: String {
        guard !draft.passwordChange.isEmpty else { return "" }
        // Without a new password in the environment the whole file could not be read, so it is left to the owner.
        let steps = YAMLText.steps(draft.passwordChange, indent: 4).split(separator: "\n").map { "# \($0)\n" }.joined()
        return "# The password can be changed. With export AUDIT_NEW_PASSWORD=… and --allow-password-change:\n"
            + "# password-change:\n#   new-password: \"${AUDIT_NEW_PASSWORD}\"\n#   steps:\n" + steps
    }

    private var protected: String {
        if draft.protected.isEmpty {
            return
                "# Addresses that only the signed-in may see; three or more, a download among them.\nprotected: [/account]\n"
        }
        let hasFile = draft.protected.contains {
            $0.prefix { $0 != "?" }.split(separator: "/").last?.contains(".") ?? false
        }
        let advice =
            draft.protected.count < 3
            ? " Three or more, a download among them, tell more." : hasFile ? "" : " Add a download."
        return "# Only the signed-in see these.\(advice)\nprotected:\n"
            + draft.protected.map { "  - \(YAMLText.scalar($0))\n" }.joined()
    }

    private var refusal: String {
        let refusal = draft.refusal
        guard !refusal.isEmpty else { return "" }
        var pairs: [(String, String)] = []
        if !refusal.statuses.isEmpty {
            pairs.append(("status", "[" + refusal.statuses.map(String.init).joined(separator: ", ") + "]"))
        }
        if let redirect = refusal.redirect { pairs.append(("redirect", YAMLText.scalar(redirect))) }
        if let text = refusal.text { pairs.append(("text", YAMLText.scalar(text))) }
        return "refused: \(YAMLText.mapping(pairs))\n"
    }

    private var streams: String {
        let streams =
            draft.eventStreams.map { YAMLText.mapping([("sse", YAMLText.scalar($0))]) }
            + draft.webSockets.map { YAMLText.mapping([("websocket", YAMLText.scalar($0))]) }
        return streams.isEmpty ? "" : "streams: [\(streams.joined(separator: ", "))]\n"
    }

    /// What has not been found, for its owner to write.
    private var more: String {
        var text = ""
        if draft.headers.isEmpty { text += "# headers: {Authorization: \"Bearer {{access}}\"}\n" }
        if draft.access == nil { text += "# access: {value: access}\n" }
        if draft.refresh == nil {
            text += """
                # refresh:
                #   token: {value: refresh}
                #   steps:
                #     - post: /api/refresh
                #       json: {refresh_token: "{{refresh}}"}
                #       pick: {access: {json: /access_token}, refresh: {json: /refresh_token}}

                """
        }
        if draft.everywhere.isEmpty { text += "# everywhere: [{form: /account, action: /logout-everywhere}]\n" }
        if draft.others.isEmpty { text += "# others: [{form: /account, action: /logout-others}]\n" }
        if draft.devices == nil {
            text += """
                # devices:
                #   identify: [{get: /devices, pick: {device: {regex: 'data-this="([^"]+)"'}}}]
                #   end: [{delete: "/devices/{{device}}"}]

                """
        }
        if draft.passwordChange.isEmpty {
            text += """
                # password-change:
                #   new-password: "${AUDIT_NEW_PASSWORD}"
                #   steps: [{form: /password, fill: {old: "{{password}}", new: "{{new-password}}"}}]

                """
        }
        if draft.eventStreams.isEmpty, draft.webSockets.isEmpty {
            text += "# streams: [{sse: /events}, {websocket: /socket}]\n"
        }
        return text.isEmpty ? "" : "# What else there is to be tried, where the application has it:\n" + text
    }
}
