internal import Settlement

/// Commands: processes that commit to the store, serve nobody, and wait for the nodes that do.
extension World {
    mutating func startCommand(_ act: Act) {
        let clock = MachineClock.random(&random, .authority, weather)
        let wall = clock.reading(at: now).wall
        commands.append(Command(clock: clock, request: Request(number: requests, act: act, wall: wall)))
        tally[.commands] += 1
        tell("command \(commands.count) is given")
        plan(.command(commands.count - 1, .begins), in: .microseconds(0))
    }

    mutating func atCommand(_ number: Int, _ event: CommandEvent) {
        let command = commands[number]
        switch event {
        case .begins: call(StoreCall(.command(number), .commit([command.request])))
        case .looks: call(StoreCall(.command(number), .look(command.others.peers.beginLook())))
        case .storeAnswers(let call, let answer): storeAnswers(call, answer, command, number)
        }
    }

    private mutating func storeAnswers(_ call: StoreCall, _ answer: StoreAnswer?, _ command: Command, _ number: Int) {
        guard !call.isOver else { return }
        call.isOver = true
        let reading = command.clock.reading(at: now)
        switch (call.what, arrived(call, answer)) {
        case (.commit, .done):
            guard let seq = store.seq(of: command.request.number) else { return }
            checker.answered(command.request.number)
            command.ending = Ending(
                seq: seq, since: reading.moment, look: command.others.peers.nextLook, begunAt: now)
            plan(.command(number, .looks), in: commandPause())
        case (.look(let look), .nodes(let rows)):
            command.others.looked(look, rows, but: nil, at: reading.moment, flaw)
            guard let ending = command.ending else { return }
            if command.others.isSettled(ending, at: reading, flaw) {
                tally[.settledByCommands] += 1
                tell("command \(number + 1) says that the log is settled through \(ending.seq)")
                show(checker.settled(through: ending.seq, at: now))
            } else if reading.moment - ending.since > weather.longestNodeLease {
                checker.breaks(.progress, "command \(number + 1) waits for longer than any lease of a node lasts")
            } else {
                plan(.command(number, .looks), in: commandPause())
            }
        case (.look, _): plan(.command(number, .looks), in: commandPause())
        default: tell("command \(number + 1) does not hear what has become of it")
        }
    }

    private mutating func commandPause() -> Span { random.percent(85) ? span(0, 25) : span(25, 800) }
}
