internal import Settlement

extension World {
    /// Sends something to a node, from a verifier's machine.
    mutating func send(_ what: NodeEvent, from verifier: Int, to node: Int) {
        deliver(isCut: now < verifiers[verifier].cutTo && isCutOff(verifier, node)) { .node(node, run: nil, what) }
    }

    /// Sends an answer back to the verifier's process that asked.
    mutating func send(_ answer: Answer) {
        let (verifier, node) = (answer.poll.verifier, answer.poll.node)
        deliver(isCut: now < verifiers[verifier].cutFrom && isCutOff(verifier, node)) {
            .verifier(verifier, run: answer.poll.run, .answered(answer))
        }
    }

    private func isCutOff(_ verifier: Int, _ node: Int) -> Bool { verifiers[verifier].cutOff ?? node == node }

    /// Tells the verifier's process that asked that there will be no answer.
    mutating func refuse(_ poll: Poll) {
        plan(.verifier(poll.verifier, run: poll.run, .givesUp(poll.number)), in: transit())
    }

    private mutating func deliver(isCut: Bool, _ event: () -> Event) {
        if isCut || (!isCalm && random.percent(weather.lost)) { return tell("that is lost on the way") }
        plan(event(), in: transit())
        if !isCalm, random.percent(weather.doubled) { plan(event(), in: transit() + transit()) }
    }

    private mutating func transit() -> Span {
        guard !isCalm, random.percent(weather.slow) else { return random.span(.microseconds(100), .milliseconds(3)) }
        return random.percent(80) ? span(5, 150) : span(100, 1200)
    }
}
