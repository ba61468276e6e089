/// A way to build it wrong, which must be caught.
///
/// The state machines stay as they are shipped. What is wrong is around them: what they are told, or what is done with what
/// they say. Where a case is named in ``World`` or ``Store``, the right way stands beside it.
package enum Variant: String, CaseIterable, Sendable {
    /// A verifier counts its lease from when the answer comes, not from before it asked.
    case leaseCountedFromAnswer
    /// Places in the log are handed out before the commit, so that commit order is not their order and a gap
    /// is filled later.
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

    // Nodes, and the store that they share.

    /// A node's row says until when its lease is by its own wall clock, and others judge that by theirs.
    case judgesLeasesByWallClocks
    /// The other nodes are looked at in a standby that lags.
    case looksAtStandby
    /// A renewal reads the head from a standby that lags.
    case renewsFromStandby
    /// A renewal reads the head, and writes the row a moment later: there is no lock between.
    case renewsInTwoSteps
    /// The store takes a renewal that comes late, after a newer one.
    case takesOldRenewals
    /// A node grants leases that end after its own.
    case grantsPastOwnLease
    /// A node counts its lease from when the answer comes, not from before it asked.
    case nodeCountsFromAnswer
    /// A node's lease is judged by the monotonic clock alone.
    case nodeSuspensionUnnoticed
    /// A node does not take over the head that its renewal has found, and grants leases with what it had heard of before.
    case grantsWithOldHead
    /// A node says that it has settled what it has read of the log, whatever those who follow it have acknowledged.
    case notesBeforeAcknowledged
    /// A look at the other nodes is believed about a commit though it began before that.
    case believesEarlierLook
    /// A node that has not said that it has settled a record is taken for dead.
    case takesSilentForDead
    /// It is waited for, for half of its lease.
    case waitsHalfALease
    /// A node that asks for a shorter lease says no more about the longer one that it has.
    case forgetsLongerLease
    /// It says what is left of that, though others count from their commit, which may have been long before.
    case saysWhatIsLeft
    /// A process that starts anew goes by the name of the one before, and writes over its row.
    case keepsNodeNameAcrossRestart
    /// A process that starts removes the row of the one before.
    case removesOldRowAtStart

    /// What it breaks: the first that is seen is one of these.
    package var invariants: [Invariant] {
        switch self {
        case .refreshesInTwoSteps: [.noResurrection]
        case .readsVersionEarly: [.noFalseKill]
        case .answersBeforeFlush: [.nothingLost]
        case .looksOnlyWhenSpokenTo: [.progress]
        case .keepsRecordsForEver: [.boundedState]
        // A clock that is ahead takes leases for over that are not, and one that is behind waits for minutes.
        case .judgesLeasesByWallClocks: [.noAcceptAfterSettled, .progress]
        default: [.noAcceptAfterSettled]
        }
    }

    /// How many seeds at the most it takes to catch it.
    package var seeds: UInt64 {
        switch self {
        case .noMarginForStandingStill, .nodeCountsFromAnswer, .renewsInTwoSteps, .takesOldRenewals: 2000
        default: 500
        }
    }

    /// How many nodes there are, where it is right with others.
    var nodes: ClosedRange<Int>? {
        switch self {
        case .judgesLeasesByWallClocks, .looksAtStandby, .renewsFromStandby, .renewsInTwoSteps, .takesOldRenewals,
            .grantsPastOwnLease, .nodeCountsFromAnswer, .nodeSuspensionUnnoticed, .grantsWithOldHead,
            .notesBeforeAcknowledged, .believesEarlierLook, .takesSilentForDead, .waitsHalfALease, .forgetsLongerLease,
            .saysWhatIsLeft:
            2...4
        // Two margins cover a verifier's clock where another node waits.
        case .noMarginForDrift, .noMarginForStandingStill, .handsBackBeforeStopping, .keepsNameAcrossRestart: 1...1
        default: nil
        }
    }

    /// Whether it takes records that come to their time within a run.
    var needsTameWalls: Bool { self == .wallSetBackRevives || self == .dropsRecordsEarly }

    var readsStandby: Bool { self == .looksAtStandby || self == .renewsFromStandby }

    /// Whether it takes a store that is often slow.
    var needsSlowStore: Bool { self == .takesOldRenewals || self == .nodeCountsFromAnswer }

    /// Whether it takes verifiers that ask now for a long lease and now for a short one.
    var needsFickleVerifiers: Bool {
        self == .takesOldRenewals || self == .forgetsLongerLease || self == .saysWhatIsLeft
    }

    /// Whether it takes verifiers that stay where they are, and commits that nodes do not hear of.
    var needsDeafNodes: Bool {
        switch self {
        case .takesOldRenewals, .nodeCountsFromAnswer, .forgetsLongerLease, .saysWhatIsLeft, .renewsFromStandby,
            .renewsInTwoSteps, .grantsPastOwnLease, .nodeSuspensionUnnoticed:
            true
        default: false
        }
    }

    /// How long the longest leases are, in milliseconds, where that matters.
    var leases: ClosedRange<Int64>? {
        switch self {
        case .nodeSuspensionUnnoticed, .grantsPastOwnLease: 400...600
        case .nodeCountsFromAnswer, .renewsFromStandby, .renewsInTwoSteps: 300...500
        case .takesOldRenewals, .forgetsLongerLease, .saysWhatIsLeft: 600...800
        default: nil
        }
    }

    /// The faults that it needs many of, where it is rarely caught; none where any will do.
    var faults: [Fault] {
        switch self {
        case .noMarginForStandingStill: [.partition, .verifierSuspendsBriefly]
        case .wallSetBackRevives: [.verifierClockIsSet]
        case .handsBackBeforeStopping: [.verifierIsStopped]
        case .keepsNameAcrossRestart: [.verifierCrashes, .partition]
        case .nodeSuspensionUnnoticed: [.nodeSuspends]
        case .grantsPastOwnLease, .nodeCountsFromAnswer: [.nodeIsCutFromStore]
        case .renewsInTwoSteps: [.partition, .verifierPauses]
        case .takesOldRenewals, .forgetsLongerLease, .saysWhatIsLeft: [.nodeIsCutFromStore, .partition, .nodeCrashes]
        default: []
        }
    }
}
