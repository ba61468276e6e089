internal import Exeunt

extension EndingReason {
    /// Why somebody is signed out, as the page tells them.
    var explanation: String {
        switch self {
        case .signedOut, .revoked: "You signed out on this device."
        case .signedOutOthers, .endedByUser: "This session was ended from another of your devices."
        case .signedOutEverywhere: "You signed out everywhere."
        case .endedByAdministrator: "An administrator ended this session."
        case .passwordChanged: "Your password was changed, so the sessions from before it have ended."
        case .passwordReset: "Your password was reset, so every session has ended."
        case .emailChanged: "Your email address was changed, so the sessions from before it have ended."
        case .factorChanged: "How you sign in was changed, so the sessions from before it have ended."
        case .securityConcern:
            "A security concern was reported, so every session has ended. Sign in and change your password."
        case .accountDisabled, .accountDeleted: "This account is closed."
        case .refreshReuse, .rememberReuse:
            "A copy of your sign-in may have been used elsewhere, so it was ended to be safe."
        case .sessionLimit: "You signed in on another device, and this was the least recently used one."
        case .idleTimeout: "Nothing was heard of this session for a while, so it ended."
        case .providerLogout: "You signed out at the provider that you had signed in with."
        case .providerEvent:
            "The provider that you had signed in with reported a change of your account, so this session was ended."
        case .absoluteTimeout: "This session reached the end of its time."
        }
    }
}
