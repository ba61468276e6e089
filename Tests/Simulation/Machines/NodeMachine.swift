internal import Settlement

/// The machine of one node of the authority, with its process.
struct NodeMachine {
    var clock: MachineClock
    /// Whether it is suspended at times; if not, its wall clock is set at times: see ``VerifierMachine/isSuspendedAtTimes``.
    let isSuspendedAtTimes: Bool
    var process: NodeProcess?
    /// How many processes there have been.
    var runs = 0
    /// The name of the last.
    var lastName: Identifier?
    /// While nothing runs: until when, and what has come meanwhile.
    var standsStillUntil: Instant?
    var backlog: [Event] = []
    /// Until when what it asks of the store is lost, and what the store answers.
    var cutToStore = Instant.start
    var cutFromStore = Instant.start
    /// Whether it hears at once that it does not reach the store.
    var isRefused = false

    init(clock: MachineClock, isSuspendedAtTimes: Bool) {
        self.clock = clock
        self.isSuspendedAtTimes = isSuspendedAtTimes
    }
}
