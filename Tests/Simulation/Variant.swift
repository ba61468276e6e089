/// A way to build it wrong, which must be caught.
///
/// The state machines stay as they are shipped. What is wrong is around them: what they are told, or what is done with what
/// they say. Where a case is named in ``World`` or ``Store``, the right way stands beside it.
package enum Variant: String, CaseIterable, Sendable {
    /// A verifier counts its lease from when the answer comes, not from before it asked.
    case leaseCountedFromAnswer
    /// An authority that has restarted calls things settled at once.
    case noWaitAfterRestart
    /// It waits, but for the longest lease that its present settings allow, not for the longest that was granted.
    case waitsBySettings
    /// Places in the log are handed out before the commit, so that a gap is filled later.
    case numbersBeforeCommit
    /// A verifier asks for what comes next before it has applied what came.
    case acknowledgesBeforeApplying
    /// An answer that does not reach the head of the log carries a lease.
    case leaseOnPartialPage
    /// A lease is recorded as carrying the log that is known when it is granted, not the log that was read for the answer.
    case grantsMoreThanAnswered
    /// The authority reckons a lease just as long as its holder does, though no two clocks run alike.
    case noMarginForDrift
    /// It reckons it longer by what clocks run apart, and forgets that a holder may stand still for a moment and not notice.
    case noMarginForStandingStill
    /// A verifier that stops says so first, and stops then.
    case handsBackBeforeStopping
    /// A verifier whose connection has closed is taken for dead.
    case closedConnectionIsLapsedLease
    /// A lease is judged by the monotonic clock alone, which stands still while the machine is suspended.
    case suspensionUnnoticed
    /// A token's expiry is judged by the wall clock alone, though records have been dropped by it before it was set back.
    case wallSetBackRevives
    /// A verifier that has restarted goes by the name that it had, and takes answers to what it asked in its life before, which
    /// leave a gap.
    case keepsNameAcrossRestart
    /// A record goes when the last token that it matches has expired by the authority's clock, not when it has by any.
    case dropsRecordsEarly
    /// A refresh looks whether its session is live in one transaction and issues in another.
    case refreshesInTwoSteps
    /// A sign-in reads the subject's version before its transaction.
    case readsVersionEarly
    /// A logout is answered before it is on the disk.
    case answersBeforeFlush
    /// The authority looks whether leases have ended only when somebody talks to it.
    case looksOnlyWhenSpokenTo
    /// Verifiers keep their records for ever.
    case keepsRecordsForEver

    /// What it breaks.
    package var invariant: Invariant {
        switch self {
        case .refreshesInTwoSteps: .noResurrection
        case .readsVersionEarly: .noFalseKill
        case .answersBeforeFlush: .nothingLost
        case .looksOnlyWhenSpokenTo: .progress
        case .keepsRecordsForEver: .boundedState
        default: .noAcceptAfterSettled
        }
    }

    /// How many seeds at the most it takes to catch it.
    package var seeds: UInt64 {
        switch self {
        case .keepsNameAcrossRestart, .noMarginForStandingStill: 2000
        default: 500
        }
    }
}
