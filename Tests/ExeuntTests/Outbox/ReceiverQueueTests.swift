import Exeunt
import Settlement
import Testing

@Suite struct ReceiverQueueTests {
    private typealias Values = OutboxValues

    private let now = OutboxValues.start

    private func queue(_ places: ClosedRange<UInt64>? = nil, _ receiver: Receiver = OutboxValues.receiver())
        -> ReceiverQueue
    {
        var queue = ReceiverQueue(receiver, at: now)
        if let places { queue.take(Values.ended(places), through: places.upperBound) }
        return queue
    }

    /// The next request, which there must be.
    private func given(_ queue: inout ReceiverQueue, at now: Timestamp) throws -> Dispatch {
        let next = queue.next(at: now, life: Values.life)
        return try #require(next)
    }

    private func next(_ queue: inout ReceiverQueue, at now: Timestamp) -> Dispatch? {
        queue.next(at: now, life: Values.life)
    }

    private func all(_ queue: inout ReceiverQueue, at now: Timestamp) -> [Dispatch] {
        var made: [Dispatch] = []
        while let next = queue.next(at: now, life: Values.life) { made.append(next) }
        return made
    }

    @Test func `what ended first is told first, one at the start and up to eight when all goes well`() {
        var queue = queue(1...60)
        var most = 0
        var told: [UInt64] = []
        while true {
            let made = all(&queue, at: now)
            if made.isEmpty { break }
            most = max(most, made.count)
            told += made.compactMap(\.place)
            for dispatch in made { queue.answered(dispatch, .taken, at: now, chance: 0.5) }
        }
        #expect(told == Array(1...60))
        #expect(most == Limits.deliveriesPerReceiver)
        #expect(queue.receiver.progress.through == 60 && queue.receiver.progress.delivered == 60)
    }

    @Test func `its place never passes what it has not been told`() {
        var queue = queue(1...10)
        for dispatch in all(&queue, at: now) { queue.answered(dispatch, .taken, at: now, chance: 0) }
        let made = all(&queue, at: now)
        #expect(made.map(\.place) == [2, 3])
        queue.answered(made[1], .taken, at: now, chance: 0)
        #expect(queue.receiver.progress.through == 1)
        queue.answered(made[0], .taken, at: now, chance: 0)
        #expect(queue.receiver.progress.through == 3)
    }

    @Test func `what it does not want is passed without a request`() {
        var queue = ReceiverQueue(Values.receiver(hears: .own), at: now)
        queue.take([Values.ended(1, client: "other"), Values.ended(2), Values.ended(3, client: "other")], through: 5)
        let made = all(&queue, at: now)
        #expect(made.map(\.place) == [2])
        queue.answered(made[0], .taken, at: now, chance: 0)
        #expect(queue.receiver.progress.through == 5 && queue.receiver.progress.delivered == 1)
    }

    @Test func `a stream that has asked for other events only hears of none`() {
        var receiver = Values.receiver(kind: .eventPush)
        receiver.eventsRequested = ["https://schemas.openid.net/secevent/risc/event-type/account-disabled"]
        var queue = queue(1...3, receiver)
        let made1 = all(&queue, at: now)
        #expect(made1.isEmpty && queue.receiver.progress.through == 3)
        receiver.eventsRequested = [SessionRevokedEvent.uri]
        queue = self.queue(1...3, receiver)
        let made2 = all(&queue, at: now)
        #expect(made2.count == 1)
    }

    @Test func `after a failure it is left alone, and then tried with one request at a time`() {
        var queue = queue(1...20)
        for _ in 0..<3 { for made in all(&queue, at: now) { queue.answered(made, .taken, at: now, chance: 0) } }
        let made = all(&queue, at: now)
        #expect(made.count > 1)
        for dispatch in made { queue.answered(dispatch, .trouble("down"), at: now, chance: 1) }
        #expect(queue.receiver.progress.failures == 1, "they failed together")
        #expect(queue.receiver.progress.retryAt == now + .seconds(1))
        let made3 = all(&queue, at: now + .milliseconds(999))
        #expect(made3.isEmpty)
        #expect(queue.nextMoment(at: now) == now + .seconds(1))
        let made4 = all(&queue, at: now + .seconds(1))
        #expect(made4.count == 1)
    }

    @Test func `a receiver that comes back after an hour gets everything within a quarter of one`() throws {
        var queue = queue(1...50)
        var (moment, chances) = (now, SystemRandomNumberGenerator())
        let back = now + .seconds(3600)
        var tries = 0
        var told: [UInt64] = []
        while queue.receiver.progress.through < 50 {
            if moment < back { tries += 1 }
            for dispatch in all(&queue, at: moment) {
                let chance = Double.random(in: 0...1, using: &chances)
                queue.answered(dispatch, moment < back ? .trouble("down") : .taken, at: moment, chance: chance)
                if moment >= back { told.append(try #require(dispatch.place)) }
            }
            if let next = queue.nextMoment(at: moment) { moment = max(moment + .milliseconds(1), next) }
            #expect(moment < back + Limits.longestBackoff + .seconds(1))
        }
        #expect(tries < 40, "it was not let alone: \(tries) tries")
        #expect(Set(told) == Set(1...50) && told.count == 50)
        #expect(queue.receiver.progress.failures == 0 && queue.receiver.progress.givenUp == 0)
    }

    @Test func `one event that breaks a receiver keeps no other one back`() throws {
        var queue = queue(1...60)
        var moment = now
        var failures = 0
        while queue.receiver.progress.delivered < 59, moment < now + .seconds(600) {
            for dispatch in all(&queue, at: moment) {
                if dispatch.place == 1 { failures += 1 }
                queue.answered(dispatch, dispatch.place == 1 ? .trouble("500") : .taken, at: moment, chance: 1)
            }
            moment = moment + .milliseconds(100)
        }
        #expect(queue.receiver.progress.delivered == 59)
        #expect(queue.receiver.progress.through == 0, "the first is still to be told")
        #expect(failures < 20)
        #expect(queue.receiver.progress.lastFailure == "500")
    }

    @Test func `what is told ahead of an event that is never taken has an end`() {
        var queue = queue(1...40)
        var (moment, next) = (now, UInt64(41))
        while queue.receiver.progress.givenUp == 0, next < 10_000 {
            for dispatch in all(&queue, at: moment) {
                queue.answered(dispatch, dispatch.place == 1 ? .trouble("500") : .taken, at: moment, chance: 0)
            }
            if queue.wantsMore {
                queue.take([Values.ended(next)], through: next)
                next += 1
            }
            moment = moment + .milliseconds(100)
        }
        #expect(next < UInt64(Limits.deliveriesAhead + 100))
        #expect(queue.receiver.progress.through > 900)
    }

    @Test func `what is refused is given up at once, and the next is told`() throws {
        var queue = queue(1...2)
        let first = try given(&queue, at: now)
        queue.answered(first, .refused("answered 400"), at: now, chance: 0)
        let second = try given(&queue, at: now)
        #expect(second.place == 2)
        queue.answered(second, .taken, at: now, chance: 0)
        let report = try #require(queue.report(at: now))
        #expect(report.givenUp.map(\.ended.number) == [1] && report.givenUp[0].why == "answered 400")
        #expect(report.progress.through == 2 && report.progress.delivered == 1 && report.progress.givenUp == 1)
        queue.noted(report, at: now)
        #expect(queue.report(at: now) == nil)
    }

    @Test func `what is too old is given up with the last failure, while the receiver is left alone, too`() throws {
        var queue = queue(1...3)
        let first = try given(&queue, at: now)
        queue.answered(first, .trouble("answered 500"), at: now, chance: 1)
        let late = now + Values.life + .milliseconds(1)
        let made5 = next(&queue, at: late)
        #expect(made5 == nil)
        let report = try #require(queue.report(at: late))
        #expect(report.givenUp.map(\.ended.number) == [1, 2, 3])
        #expect(report.givenUp[0].why.contains("answered 500") && report.progress.through == 3)
    }

    @Test func `a paused receiver is told nothing and loses nothing, and one that is resumed is tried at once`() throws
    {
        var stored = Values.receiver()
        var queue = queue(1...3, stored)
        let first = try given(&queue, at: now)
        stored.status = .paused
        queue.update(stored)
        queue.answered(first, .trouble("down"), at: now, chance: 1)
        let made6 = next(&queue, at: now + .seconds(99))
        #expect(made6 == nil)
        #expect(queue.nextMoment(at: now) == nil)
        stored.status = .enabled
        queue.update(stored)
        let made7 = next(&queue, at: now)
        #expect(made7 != nil)
    }

    @Test func `a receiver that begins anew in the store begins anew here`() {
        var stored = Values.receiver()
        var queue = queue(1...5, stored)
        stored.progress.through = 9
        queue.update(stored)
        let made8 = all(&queue, at: now)
        #expect(made8.isEmpty)
        queue.take(Values.ended(1...10), through: 10)
        let made9 = all(&queue, at: now)
        #expect(made9.map(\.place) == [10])
    }

    @Test func `a place in the store that is older than ours changes nothing`() throws {
        var queue = queue(1...2)
        let first = try given(&queue, at: now)
        queue.answered(first, .taken, at: now, chance: 0)
        queue.update(Values.receiver())
        #expect(queue.receiver.progress.through == 1 && queue.receiver.progress.delivered == 1)
    }

    @Test func `a verification comes before everything else, once`() throws {
        var stored = Values.receiver(kind: .eventPush)
        stored.verification = Receiver.Verification(id: Values.id(5), state: "ping")
        var queue = queue(1...3, stored)
        let made = try given(&queue, at: now)
        #expect(made.what == .verification(Receiver.Verification(id: Values.id(5), state: "ping")))
        queue.answered(made, .trouble("down"), at: now, chance: 0)
        let again = try given(&queue, at: now + .seconds(1))
        #expect(again.jti == made.jti)
        queue.answered(again, .taken, at: now, chance: 0)
        let report = try #require(queue.report(at: now))
        #expect(report.verified == Values.id(5) && report.progress.delivered == 0)
        queue.update(stored)
        let made10 = next(&queue, at: now + .seconds(1))
        #expect(made10?.place == 1, "the store has not heard of it yet")
        queue.noted(report, at: now)
    }

    @Test func `a moment far in the future comes from a clock that was wrong, and holds nobody up`() {
        var receiver = Values.receiver()
        receiver.progress.failures = 3
        receiver.progress.retryAt = now + .seconds(365 * 24 * 3600)
        var queue = queue(1...3, receiver)
        let made11 = all(&queue, at: now)
        #expect(made11.count == 1)
    }

    @Test func `passing by is noted seldom, telling soon`() throws {
        var queue = ReceiverQueue(Values.receiver(hears: .own), at: now)
        queue.take([Values.ended(1, client: "other")], through: 1)
        #expect(queue.report(at: now) == nil)
        #expect(queue.report(at: now, isLast: true) != nil)
        #expect(queue.report(at: now + Limits.passedGrain)?.progress.through == 1)
    }
}
