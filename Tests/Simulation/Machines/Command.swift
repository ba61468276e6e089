internal import Settlement

/// A process that ends sessions and serves nobody: a command that somebody gives on some machine.
final class Command {
    let clock: MachineClock
    let request: Request
    var others = Others()
    /// What it waits for, once that is on the disk.
    var ending: Ending?

    init(clock: MachineClock, request: Request) {
        self.clock = clock
        self.request = request
    }
}
