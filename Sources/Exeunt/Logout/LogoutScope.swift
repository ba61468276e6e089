/// How much a person signs out of.
package enum LogoutScope: String, Hashable, Sendable, CaseIterable {
    /// This session, its refresh token and its remembered login.
    case current
    /// All sessions but this one.
    case others
    /// All sessions, this one too.
    case everywhere

    var reason: EndingReason {
        switch self {
        case .current: .signedOut
        case .others: .signedOutOthers
        case .everywhere: .signedOutEverywhere
        }
    }
}
