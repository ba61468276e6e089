/// Why a session ended, in the words of the audit trail and of the page that tells the person.
package enum EndingReason: String, Hashable, Sendable, CaseIterable {
    case signedOut = "signed_out"
    case signedOutOthers = "signed_out_others"
    case signedOutEverywhere = "signed_out_everywhere"
    case endedByUser = "ended_by_user"
    case endedByAdministrator = "ended_by_administrator"
    case passwordChanged = "password_changed"
    case passwordReset = "password_reset"
    case emailChanged = "email_changed"
    case factorChanged = "factor_changed"
    case securityConcern = "security_concern"
    case accountDisabled = "account_disabled"
    case accountDeleted = "account_deleted"
    case refreshReuse = "refresh_reuse"
    case rememberReuse = "remember_reuse"
    case sessionLimit = "session_limit"
    case idleTimeout = "idle_timeout"
    case absoluteTimeout = "absolute_timeout"
    /// The provider that vouched for the person has ended its own session.
    case providerLogout = "provider_logout"
    /// The provider that vouched for the person has reported something about the account.
    case providerEvent = "provider_event"
    /// Ended at the revocation endpoint (RFC 7009).
    case revoked
}
