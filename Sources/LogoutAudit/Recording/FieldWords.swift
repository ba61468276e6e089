/// Tells by its name what a field is for.
enum FieldWords {
    private static let passwords = [
        "password", "passwd", "passphrase", "passwort", "kennwort", "contrase", "motdepasse",
    ]
    private static let shortPasswords = ["pass", "pwd", "pw", "j_password", "log_pwd"]

    static func isPassword(_ name: String) -> Bool {
        let name = name.lowercased()
        return passwords.contains(where: name.contains) || shortPasswords.contains(name)
            || name.hasSuffix("[pass]") || name.hasSuffix("_pass") || name.hasSuffix("_pwd")
    }

    private static let users = ["user", "email", "e-mail", "login", "account", "identifier", "benutzer", "mail"]

    static func isUser(_ name: String) -> Bool {
        let name = name.lowercased()
        return !isPassword(name) && (users.contains(where: name.contains) || name == "name" || name == "log")
    }

    static func isRemember(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["remember", "rememberme", "stay", "keep", "persist", "angemeldet"].contains(where: name.contains)
    }

    static func isRefresh(_ text: String) -> Bool { text.lowercased().contains("refresh") }

    /// A name under which a value can be picked.
    static func pickName(_ name: String) -> String {
        let letters = name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let clean = String(letters).trimming { $0 == "-" || $0.isNumber }
        let reserved = ["access", "refresh", "user", "password", "new-password", "device"]
        return clean.isEmpty ? "value" : reserved.contains(String(clean)) ? clean + "-value" : String(clean)
    }

    static func isOneTimeCode(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["otp", "totp", "2fa", "mfa", "one_time", "onetime", "verification_code"].contains(where: name.contains)
            || name == "code"
    }
}
