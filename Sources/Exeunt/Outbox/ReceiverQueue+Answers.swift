internal import Settlement

extension ReceiverQueue {
    /// What becomes of it after a request; `chance`, from 0 to 1, says how long it is left alone after a failure.
    package mutating func answered(
        _ dispatch: Dispatch, _ verdict: DeliveryVerdict, at now: Timestamp, chance: Double
    ) {
        underWay -= 1
        switch verdict {
        case .taken:
            succeeded(dispatch, at: now)
            finish(dispatch, at: now, why: nil)
        case .refused(let why):
            // It is there, and has said what it thinks of this one.
            succeeded(dispatch, at: now)
            failed(why, at: now)
            finish(dispatch, at: now, why: why)
        case .trouble(let why, let retryAfter):
            failed(why, at: now)
            retry(dispatch, at: now, chance: chance, retryAfter: retryAfter)
        case .gone(let why):
            failed(why, at: now)
            retry(dispatch, at: now, chance: chance, retryAfter: nil)
            receiver.status = .disabled
            receiver.statusReason = why
        }
        move()
    }

    /// Gives up what is older than the life of an event, and what too much else has been told ahead of.
    mutating func expire(at now: Timestamp, life: Duration) {
        while let first = entries.first, !first.isUnderWay, givenUp.count < Limits.deadLettersPerNote {
            if now.since(first.ended.at) > life {
                giveUp(at: 0, why: "not taken in time" + lastWords, now)
            } else if first.tries > 0, ahead.count >= Limits.deliveriesAhead {
                giveUp(at: 0, why: "not taken, unlike \(ahead.count) others" + lastWords, now)
            } else {
                break
            }
        }
        move()
    }

    private var lastWords: String { receiver.progress.lastFailure.map { "; at last: \($0)" } ?? "" }

    private mutating func succeeded(_ dispatch: Dispatch, at now: Timestamp) {
        guard dispatch.round == round else { return }
        receiver.progress.failures = 0
        receiver.progress.retryAt = nil
        successes += 1
    }

    private mutating func failed(_ why: String, at now: Timestamp) {
        receiver.progress.lastFailure = why
        receiver.progress.lastFailureAt = now
        isChanged = true
    }

    /// Puts back what could not be told, and leaves the receiver alone for a while: once for all that was under way together.
    private mutating func retry(_ dispatch: Dispatch, at now: Timestamp, chance: Double, retryAfter: Duration?) {
        if dispatch.round == round {
            receiver.progress.failures += 1
            round += 1
            successes = 0
            let pause = Backoff.pause(after: receiver.progress.failures, chance: chance)
            receiver.progress.retryAt = now + max(pause, retryAfter ?? .zero)
        }
        switch dispatch.what {
        case .verification: isVerifying = false
        case .ended(let ended):
            guard let index = index(of: ended) else { return }
            entries[index].isUnderWay = false
            entries[index].tries += 1
            entries[index].notBefore = now + Backoff.pause(after: entries[index].tries, chance: chance)
        }
    }

    private mutating func finish(_ dispatch: Dispatch, at now: Timestamp, why: String?) {
        switch dispatch.what {
        case .verification(let verification):
            isVerifying = false
            verified = verification.id
            if receiver.verification?.id == verification.id { receiver.verification = nil }
            isChanged = true
        case .ended(let ended):
            guard let index = index(of: ended) else { return }
            if let why { return giveUp(at: index, why: why, now) }
            remove(at: index)
            receiver.progress.delivered += 1
            receiver.progress.lastDeliveredAt = now
            isChanged = true
        }
    }

    private mutating func giveUp(at index: Int, why: String, _ now: Timestamp) {
        givenUp.append(
            DeadLetter(
                receiver: receiver.id, ended: entries[index].ended, why: why.clipped(toBytes: Limits.failureBytes),
                at: now))
        receiver.progress.givenUp += 1
        isChanged = true
        remove(at: index)
    }

    private mutating func remove(at index: Int) {
        ahead.append(entries[index].ended.number)
        entries.remove(at: index)
    }

    private func index(of ended: EndedSession) -> Int? { entries.firstIndex { $0.ended.number == ended.number } }

    // MARK: What is noted

    /// What is to be noted of it, if it is time: soon when something was sent, and now and then when it was only passed by.
    package func report(at now: Timestamp, isLast: Bool = false) -> DeliveryReport? {
        guard isChanged || isMoved && (isLast || now.since(notedAt) >= Limits.passedGrain || now < notedAt) else {
            return nil
        }
        return DeliveryReport(
            receiver: receiver.id, progress: receiver.progress, givenUp: givenUp, verified: verified)
    }

    /// A report has been noted.
    package mutating func noted(_ report: DeliveryReport, at now: Timestamp) {
        notedAt = now
        givenUp.removeFirst(min(report.givenUp.count, givenUp.count))
        if verified == report.verified { verified = nil }
        guard givenUp.isEmpty, verified == nil, receiver.progress == report.progress else { return }
        isChanged = false
        isMoved = false
    }
}
