/// What can go wrong with machines and the network between them, beside messages that get lost or late.
enum Fault: CaseIterable {
    case partition
    case verifierPauses, verifierSuspends
    /// For a moment, which no clock may notice.
    case verifierSuspendsBriefly
    case verifierCrashes, verifierIsStopped
    case verifierClockIsSet, authorityClockIsSet
    case authorityCrashes, authorityPauses, authoritySuspends
    /// It crashes while its next flush is under way, or just after it.
    case authorityCrashesInCommit
}
