internal import Settlement

/// What a client asks of the authority.
///
/// Sessions and tokens are named by the order in which they were made.
enum Act {
    case signIn(Subject)
    /// A new access token for a session.
    case refresh(Int)
    case logout(Logout)
}

enum Logout {
    case token(Int, id: Identifier)
    case session(Int)
    case everywhere(Subject)
    /// Everywhere but for one session.
    case elsewhere(Subject, keeping: Int)
    case everyone
}

enum Subject: Int, CaseIterable {
    case ada, grace, alan

    var name: String {
        switch self {
        case .ada: "ada"
        case .grace: "grace"
        case .alan: "alan"
        }
    }
}
