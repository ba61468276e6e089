internal import Settlement

/// The authority's machine, with its process.
struct AuthorityMachine {
    var clock: MachineClock
    var process: AuthorityProcess?
    /// How many processes there have been.
    var runs = 0
    /// While nothing runs: until when, and what has come meanwhile.
    var standsStillUntil: Instant?
    var backlog: [Event] = []

    init(clock: MachineClock) { self.clock = clock }
}
