internal import Settlement

/// What can happen.
enum Event {
    // In the world.
    case clientsAct
    case probesCome
    case fault
    /// Faults end, and clients are done.
    case calm
    /// Every node is asked for a logout, which must settle.
    case lastSignOuts
    /// Somebody signs in once more, so that there is something live to show at the end.
    case lastSignIn
    case end
    // To a machine and its process.
    case nodeStarts(Int)
    case nodeGoesOn(Int)
    case verifierStarts(Int)
    case verifierGoesOn(Int)
    /// In a node's process: in the one that runs on that machine by then, or, with a `run`, in none but that one.
    case node(Int, run: Int?, NodeEvent)
    /// In one process of a verifier, and in none that is started after it.
    case verifier(Int, run: Int, VerifierEvent)
    case command(Int, CommandEvent)
    /// A call comes to the store.
    case store(StoreCall)
    /// The standby of some variants, which lags, has what the store has.
    case standbyCatchesUp
}

/// What can happen in a node's process.
enum NodeEvent {
    /// A client asks for something.
    case asked(Request)
    /// The transaction of ``Variant/numbersBeforeCommit`` is done.
    case commitsAlone(Request)
    /// The process is told that the log goes through a `seq`.
    case hears(through: UInt64)
    case polled(Poll)
    /// A poll has been held for long enough.
    case waited(Poll)
    /// The node's own lease is such that a poll can be answered.
    case secured(Poll, after: UInt64)
    case connectionClosed(Identifier)
    case handedBack(Identifier)
    /// A call is sent, whose arguments have been read before.
    case calls(StoreCall)
    /// A call has been answered, or not: then there is no knowing whether it was done.
    case storeAnswers(StoreCall, StoreAnswer?)
    case looksAtOthers
    /// A lease may have ended.
    case looks
    /// Now and then it sees to what nobody tells it of.
    case ticks
    case sweeps
    case crashes
    case stopsAtLast
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

/// What can happen in the process of a command.
enum CommandEvent {
    case begins
    case looks
    case storeAnswers(StoreCall, StoreAnswer?)
}
