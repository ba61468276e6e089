/// A web application to be audited: where it is, and how one signs in and out of it.
package struct Target: Sendable {
    package struct Account: Hashable, Sendable {
        var name: String
        var password: String

        /// What steps use as `{{user}}` and `{{password}}`.
        var values: [String: String] { ["user": name, "password": password] }
    }

    /// An address that is only for those who are signed in.
    package struct Protected: Hashable, Sendable {
        var path: String
        /// A text that only they see there.
        var shows: String?
    }

    /// How a refused request is told.
    package struct Refusal: Hashable, Sendable {
        var statuses: [Int] = []
        var redirect: String?
        var text: String?
        var isEmpty: Bool { statuses.isEmpty && redirect == nil && text == nil }
    }

    /// Where a token is found.
    package enum TokenPlace: Hashable, Sendable {
        case value(String)
        case cookie(String)
    }

    package struct Refresh: Sendable {
        var token: TokenPlace
        var steps: [Step]
    }

    package struct Remember: Sendable {
        var cookie: String
        var signIn: [Step]?
    }

    package struct Devices: Sendable {
        var identify: [Step]
        var end: [Step]
    }

    package struct PasswordChange: Sendable {
        var newPassword: String
        var steps: [Step]
    }

    package struct WebSocket: Sendable {
        var path: String
        /// What the other side answers as long as it takes the client for signed in.
        var question: Template?
    }

    /// What a browser does, where it is not what the steps say.
    package struct BrowserSteps: Hashable, Sendable {
        var signIn: [BrowserStep]?
        var signOut: [BrowserStep]?
        var pages: [String] = []
    }

    package struct Timeouts: Hashable, Sendable {
        var idle: Duration?
        var absolute: Duration?
    }

    package var base: WebAddress
    /// Each with its port.
    package var hosts: Set<String>
    package var rate: Int
    package var patience: Duration
    var user: Account?
    var secondUser: Account?
    /// Texts of the first user's that the second must never be shown.
    var neverShownToSecond: [String] = []
    var browser: BrowserSteps?
    var signIn: [Step]
    var signOut: [Step]
    var protected: [Protected]
    var refusal = Refusal()
    var headers: [Step.Named] = []
    var access: TokenPlace?
    var refresh: Refresh?
    var remember: Remember?
    var everywhere: [Step]?
    var others: [Step]?
    var devices: Devices?
    var passwordChange: PasswordChange?
    /// Paths of streams of server-sent events.
    var eventStreams: [String] = []
    var webSockets: [WebSocket] = []
    var redirectParameters: [String] = []
    var publicKey: String?
    var timeouts = Timeouts()
    /// What came from the environment, by the names there.
    package var secrets: [String: String] = [:]

    /// Whether a program of the user's signs in, so that how it does is not seen.
    var signsInByCommand: Bool { signIn.contains(where: \.isCommand) }
}
