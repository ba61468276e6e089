internal import Settlement

/// Polls at a node, and their answers.
extension World {
    mutating func polled(_ poll: Poll, _ process: NodeProcess) {
        guard !process.isClosed else { return refuse(poll) }
        let after = process.state.polled(poll.message, at: moment(of: process))
        look(process)
        _ = process.takeHeld(of: poll.message.follower)
        if poll.message.node != process.state.node || process.tailEnd > after {
            return secure(poll, after: after, process)
        }
        process.held.append(.init(poll: poll, after: after))
        plan(.waited(poll), at: process, in: poll.wait)
    }

    mutating func waited(_ poll: Poll, _ process: NodeProcess) {
        let follower = poll.message.follower
        guard process.held.contains(where: { $0.poll.message.follower == follower && $0.poll.number == poll.number }),
            let held = process.takeHeld(of: follower)
        else { return }
        secure(held.poll, after: held.after, process)
    }

    mutating func answer(_ poll: Poll, after: UInt64, _ process: NodeProcess) {
        // A verifier that has been told from the disk may be ahead of what the process has heard.
        let through = max(after, process.tailEnd)
        if after >= process.tailStart, through - after <= UInt64(weather.page) {
            send(store.records(after: after, through: through), after: after, through: through, on: poll, process)
        } else {
            callStore(process, .read(poll, after: after))
        }
    }

    mutating func hasRead(
        _ poll: Poll, after: UInt64, _ records: [Revocation], through: UInt64, _ process: NodeProcess
    ) {
        let wall = reading(of: process).wall
        send(records.filter { $0.until > wall }, after: after, through: through, on: poll, process)
    }

    /// Grants the lease, and sends the answer.
    private mutating func send(
        _ records: [Revocation], after: UInt64, through: UInt64, on poll: Poll, _ process: NodeProcess
    ) {
        if flaw != .grantsWithOldHead { knows(through: through, process) }
        let wanted = process.lease(for: poll)
        let lease = grant(wanted, to: poll.message.follower, through: through, process)
        let answer = FeedAnswer(
            node: process.state.node, after: after, through: through, revocations: records, leaseMilliseconds: lease,
            keysVersion: "")
        if through < process.state.head { tally[.partialAnswers] += 1 }
        if lease > 0, lease < wanted { tally[.leasesCutShort] += 1 }
        tell("\(name(process)) answers verifier \(poll.verifier + 1) \(answer.words)")
        send(Answer(poll: poll, message: answer))
    }

    mutating func connectionClosed(_ id: Identifier, _ process: NodeProcess) {
        _ = process.takeHeld(of: id)
        if flaw == .closedConnectionIsLapsedLease { handedBack(id, process) }
    }

    mutating func handedBack(_ id: Identifier, _ process: NodeProcess) {
        _ = process.takeHeld(of: id)
        process.state.handedBack(by: id)
        look(process)
    }
}

extension FeedAnswer {
    var words: String {
        let count = revocations.count == 1 ? "1 record" : "\(revocations.count) records"
        let lease = leaseMilliseconds == 0 ? "no lease" : "a lease of \(leaseMilliseconds) ms"
        return "with the log after \(after) through \(through), \(count), \(lease)"
    }
}
