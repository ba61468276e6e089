import Settlement
import Simulation
import Testing

@Suite struct ManyRevocationsTests {
    private struct Entry {
        var id: Identifier
        var isToken: Bool
        var until: Int64

        var claims: TokenClaims {
            let other = Identifier(high: 0, low: 0)
            return TokenClaims(
                token: isToken ? id : other, session: isToken ? other : id, subject: "ada", version: 1, epoch: 1)
        }

        func revocation(_ seq: Int) -> Revocation {
            Revocation(seq: UInt64(seq), target: isToken ? .token(id) : .session(id), until: until)
        }
    }

    private static let day: Int64 = 86_400_000

    private static func entries(_ count: Int, _ random: inout SplitMix64) -> [Entry] {
        (0..<count).map { _ in
            Entry(
                id: Identifier(high: random.next(), low: random.next()), isToken: random.percent(50),
                until: random.number(1...day))
        }
    }

    @Test(arguments: UInt64(1)...2)
    func `many records are each held until their time and dropped after it`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let entries = Self.entries(30_000, &random)
        var set = RevocationSet()
        for (place, entry) in entries.enumerated() { set.insert(entry.revocation(place + 1)) }
        #expect(set.count == entries.count)

        var now: Int64 = 0
        while set.count > 0, now < 2 * Self.day {
            now += Self.day / 20
            for _ in 0..<random.number(1...12) { set.dropExpired(at: now) }
            // All that is to come must be held; what has passed may be, until it is looked at.
            let gone = entries.filter { !set.isOver($0.claims) }
            #expect(gone.allSatisfy { $0.until <= now }, "a record was dropped before its time")
            #expect(
                gone.allSatisfy { $0.until <= set.droppedThrough }, "a token whose record has gone counts as expired")
            #expect(set.droppedThrough <= now)
            #expect(entries.count - gone.count == set.count)
        }
        #expect(set.count == 0)
    }

    @Test func `nothing is over of which there is no record`() {
        var random = SplitMix64(seed: 11)
        var set = RevocationSet()
        for (place, entry) in Self.entries(30_000, &random).enumerated() { set.insert(entry.revocation(place + 1)) }
        let others = Self.entries(30_000, &random)
        #expect(others.count { set.isOver($0.claims) } == 0)
    }

    @Test func `a record that comes again is held for the longer of its times`() {
        var random = SplitMix64(seed: 12)
        var entries = Self.entries(20_000, &random)
        var set = RevocationSet()
        for (place, entry) in entries.enumerated() { set.insert(entry.revocation(place + 1)) }
        for place in entries.indices where random.percent(50) {
            var again = entries[place]
            again.until = random.number(1...Self.day)
            set.insert(again.revocation(place + 1))
            entries[place].until = max(entries[place].until, again.until)
        }
        #expect(set.count == entries.count)
        for _ in 0..<100 { set.dropExpired(at: Self.day / 2) }
        let (held, gone) = (
            entries.filter { $0.until > Self.day / 2 }, entries.filter { $0.until <= Self.day / 2 - 1000 }
        )
        #expect(held.allSatisfy { set.isOver($0.claims) })
        #expect(gone.allSatisfy { !set.isOver($0.claims) })
    }

    @Test(arguments: [Revocation.Target.subject("ada", version: 2, except: nil), .all(epoch: 2)])
    func `a token whose record for many has gone counts as expired`(target: Revocation.Target) {
        var set = RevocationSet()
        set.insert(Revocation(seq: 1, target: target, until: 5000))
        let claims = TokenClaims(
            token: Identifier(high: 0, low: 1), session: Identifier(high: 0, low: 2), subject: "ada", version: 1,
            epoch: 1)
        set.dropExpired(at: 4999)
        #expect(set.isOver(claims))
        set.dropExpired(at: 9000)
        #expect(!set.isOver(claims))
        #expect(set.count == 0)
        #expect(set.droppedThrough == 5000)
    }
}
