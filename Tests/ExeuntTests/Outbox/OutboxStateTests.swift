import Exeunt
import Settlement
import Testing

@Suite struct OutboxStateTests {
    private typealias Values = OutboxValues

    private let now = OutboxValues.start

    private func state(_ count: Int, head: UInt64 = 0) -> OutboxState {
        var state = OutboxState(head: head, life: Values.life)
        state.found((1...count).map { Values.receiver($0, through: head) }, at: now)
        return state
    }

    @Test func `receivers take turns, and nobody's requests are more than the rest may have`() {
        var state = state(1000)
        state.read(Values.ended(1...20))
        let made = state.next(at: now)
        #expect(made.count == Limits.deliveriesUnderWay)
        #expect(Set(made.map(\.receiver.id)).count == Limits.deliveriesUnderWay, "one each")
        let none = state.next(at: now)
        #expect(none.isEmpty)
        for dispatch in made { _ = state.answered(dispatch, .taken, at: now, chance: 0) }
        let more = state.next(at: now)
        #expect(Set(more.map(\.receiver.id)).isDisjoint(with: made.map(\.receiver.id)), "the others come first")
    }

    @Test func `a thousand receivers are each told everything, once and in order`() {
        var state = state(1000)
        state.read(Values.ended(1...30))
        var told: [Identifier: [UInt64]] = [:]
        while true {
            let made = state.next(at: now)
            if made.isEmpty { break }
            for dispatch in made {
                told[dispatch.receiver.id, default: []].append(dispatch.place ?? 0)
                _ = state.answered(dispatch, .taken, at: now, chance: 0)
            }
        }
        #expect(told.count == 1000)
        #expect(told.values.allSatisfy { $0 == Array(1...30) })
        #expect(state.standing.pending == 0 && state.standing.underWay == 0)
    }

    @Test func `however many receivers hang, the others are told`() {
        var state = state(600)
        state.read(Values.ended(1...10))
        var moment = now
        var told: [Identifier: Int] = [:]
        var hanging: [(until: Timestamp, dispatch: Dispatch)] = []
        while moment < now + .seconds(120) {
            for (_, dispatch) in hanging.filter({ $0.until <= moment }) {
                _ = state.answered(dispatch, .trouble("hangs"), at: moment, chance: 1)
            }
            hanging.removeAll { $0.until <= moment }
            state.lookAround(at: moment)
            for dispatch in state.next(at: moment) {
                // The first half of them never answers.
                if dispatch.receiver.id.low <= 300 {
                    hanging.append((moment + .seconds(10), dispatch))
                } else {
                    told[dispatch.receiver.id, default: 0] += 1
                    _ = state.answered(dispatch, .taken, at: moment, chance: 0)
                }
            }
            moment = moment + .milliseconds(100)
        }
        #expect(told.count == 300 && told.values.allSatisfy { $0 == 10 })
        #expect(state.standing.failingReceivers == 300)
    }

    @Test func `who is behind what is in memory is read for, page by page, and misses nothing`() {
        let all = Values.ended(1...5000)
        var state = OutboxState(head: 5000, life: Values.life)
        state.found(
            [Values.receiver(1), Values.receiver(2, through: 4990), Values.receiver(3, through: 5000)], at: now)
        var told: [Identifier: [UInt64]] = [:]
        var reads = 0
        while true {
            if let place = state.behind {
                let page = Array(all.filter { $0.number > place }.prefix(Limits.endedSessionsPerRead))
                state.read(page, after: place, isAll: page.count < Limits.endedSessionsPerRead)
                reads += 1
            }
            let made = state.next(at: now)
            if made.isEmpty, state.behind == nil { break }
            for dispatch in made {
                told[dispatch.receiver.id, default: []].append(dispatch.place ?? 0)
                _ = state.answered(dispatch, .taken, at: now, chance: 0)
            }
        }
        #expect(told[Values.id(1)] == Array(1...5000))
        #expect(told[Values.id(2)] == Array(4991...5000))
        #expect(told[Values.id(3)] == nil)
        #expect(reads < 200)
    }

    @Test func `a receiver that is removed is told nothing more, and its answers harm nobody`() {
        var state = state(2)
        state.read(Values.ended(1...3))
        let made = state.next(at: now)
        state.found([Values.receiver(2)], at: now)
        for dispatch in made { _ = state.answered(dispatch, .taken, at: now, chance: 0) }
        var left: Set<Identifier> = []
        while true {
            let made = state.next(at: now)
            if made.isEmpty { break }
            for dispatch in made {
                left.insert(dispatch.receiver.id)
                _ = state.answered(dispatch, .taken, at: now, chance: 0)
            }
        }
        #expect(left == [Values.id(2)])
        #expect(state.standing.underWay == 0)
        #expect(state.reports(at: now).map(\.receiver) == [Values.id(2)])
    }

    @Test func `a long backlog that nobody has taken in time is given up in the end, all of it`() {
        var state = state(1)
        state.read(Values.ended(1...3000))
        let late = now + Values.life + .seconds(1)
        var letters = 0
        for _ in 0..<100 {
            _ = state.next(at: late)
            let reports = state.reports(at: late)
            letters += reports.reduce(0) { $0 + $1.givenUp.count }
            #expect(reports.allSatisfy { $0.givenUp.count <= Limits.deadLettersPerNote })
            state.noted(reports, at: late)
            state.lookAround(at: late)
        }
        #expect(letters == 3000)
    }

    @Test func `streams that fetch are left to themselves`() {
        var state = OutboxState(head: 0, life: Values.life)
        state.found([Values.receiver(kind: .eventPoll)], at: now)
        #expect(!state.isNeeded)
    }

    @Test func `a receiver that fails and works again is told of once each`() throws {
        var state = state(1)
        state.read(Values.ended(1...5))
        var made = state.next(at: now)
        var turn = state.answered(made[0], .trouble("down"), at: now, chance: 0)
        #expect(turn == .fails)
        made = state.next(at: now + .seconds(1))
        turn = state.answered(made[0], .trouble("down"), at: now, chance: 0)
        #expect(turn == nil)
        made = state.next(at: now + .seconds(3))
        turn = state.answered(made[0], .taken, at: now, chance: 0)
        #expect(turn == .worksAgain)
    }
}
