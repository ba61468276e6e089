internal import Settlement

/// What can happen.
enum Event {
    // In the world.
    case clientsAct
    case probesCome
    case fault
    /// Faults end, and clients are done.
    case calm
    /// Somebody signs in once more, so that there is something live to show at the end.
    case lastSignIn
    case end
    // To a machine and its process.
    case authorityStarts
    case authorityGoesOn
    case verifierStarts(Int)
    case verifierGoesOn(Int)
    /// In the authority's process: in the one that runs by then, or, with a `run`, in none but that one.
    case authority(run: Int?, AuthorityEvent)
    /// In one process of a verifier, and in none that is started after it.
    case verifier(Int, run: Int, VerifierEvent)
}

/// What can happen in the authority's process.
enum AuthorityEvent {
    /// A client asks for something.
    case asked(Request)
    /// The flush that was under way is done.
    case flushed
    /// The transaction of ``Variant/numbersBeforeCommit`` is done.
    case commitsAlone(Request)
    /// The process is told that the log is on the disk through a `seq`.
    case hears(through: UInt64)
    case polled(Poll)
    /// The disk has the length of the lease that a poll is to be answered with.
    case promised(Poll)
    /// A poll has been held for long enough.
    case waited(Poll)
    /// What the log has after a `seq` has been read, for a poll; the head was read before.
    case read(Poll, after: UInt64, head: UInt64)
    case connectionClosed(Identifier)
    case handedBack(Identifier)
    /// A lease may have ended.
    case looks
    case sweeps
    case crashes
}

/// What can happen in a verifier's process.
enum VerifierEvent {
    case asks
    /// The verifier has waited for long enough for the answer to a poll, or has been told that there is none.
    case givesUp(Int)
    case answered(Answer)
    /// An answer is applied that has been acknowledged before (``Variant/acknowledgesBeforeApplying``).
    case applies(Answer)
    case stopsAtLast
}
