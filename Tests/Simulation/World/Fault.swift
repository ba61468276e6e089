/// What can go wrong with machines and the network between them, beside messages that get lost or late.
enum Fault: CaseIterable {
    case partition
    case verifierPauses, verifierSuspends
    /// For a moment, which no clock may notice.
    case verifierSuspendsBriefly
    case verifierCrashes, verifierIsStopped
    case verifierClockIsSet, nodeClockIsSet
    case nodeCrashes, nodePauses, nodeSuspends, nodeSuspendsBriefly, nodeIsStopped
    /// It crashes while its next flush is under way, or just after it.
    case nodeCrashesInCommit
    case nodeIsCutFromStore
    /// To a standby that has everything; every connection breaks, and there is no other for a while.
    case storeFailsOver
}
