/// Something that happened to a subject's account and that its sessions must not outlive.
package enum SubjectEvent: String, Hashable, Sendable, CaseIterable {
    case passwordChanged = "password_changed"
    case passwordReset = "password_reset"
    case emailChanged = "email_changed"
    /// A second factor was added, changed or removed.
    case factorChanged = "factor_changed"
    case securityConcern = "security_concern"
    case accountDisabled = "account_disabled"
    case accountDeleted = "account_deleted"

    /// Why the sessions end.
    package var reason: EndingReason {
        switch self {
        case .passwordChanged: .passwordChanged
        case .passwordReset: .passwordReset
        case .emailChanged: .emailChanged
        case .factorChanged: .factorChanged
        case .securityConcern: .securityConcern
        case .accountDisabled: .accountDisabled
        case .accountDeleted: .accountDeleted
        }
    }
}
