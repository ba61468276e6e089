import Settlement
import Testing

/// What the simulation does not need, because its verifiers are never so unlucky: each guard of ``FollowerState`` by itself.
@Suite struct FollowerStateTests {
    private static let node = Identifier(high: 1, low: 1)
    private static let other = Identifier(high: 1, low: 2)

    private static func reading(_ milliseconds: Int64) -> ClockReading {
        ClockReading(moment: Moment(milliseconds: milliseconds), wall: 1_000_000 + milliseconds)
    }

    private static func answer(
        _ after: UInt64, _ through: UInt64, of node: Identifier = node, lease: Int64 = 1000
    ) -> FeedAnswer {
        FeedAnswer(
            node: node, after: after, through: through, revocations: [], leaseMilliseconds: lease, keysVersion: "")
    }

    /// A verifier that has applied the log through 5, and asked at 0 for a lease that ends at 1000.
    private static func follower() -> FollowerState {
        var follower = FollowerState(id: Identifier(high: 2, low: 2))
        _ = follower.receive(answer(0, 5), asked: reading(0), at: reading(10))
        return follower
    }

    @Test(arguments: [answer(6, 9), answer(0, 4), answer(5, 9, of: other)])
    func `an answer that leaves a gap or goes back is of no use, and changes nothing`(answer: FeedAnswer) {
        var follower = Self.follower()
        let isOfUse = follower.receive(answer, asked: Self.reading(500), at: Self.reading(600))
        #expect(!isOfUse)
        #expect(follower.applied == 5)
        #expect(follower.node == Self.node)
        #expect(follower.lease?.end == Moment(milliseconds: 1000))
    }

    @Test(arguments: [answer(5, 9), answer(3, 9), answer(0, 9, of: other)])
    func `an answer that joins on is applied, whichever poll it answers`(answer: FeedAnswer) {
        var follower = Self.follower()
        let isOfUse = follower.receive(answer, asked: Self.reading(500), at: Self.reading(600))
        #expect(isOfUse)
        #expect(follower.applied == 9)
        #expect(follower.poll().after == 9)
        #expect(follower.poll().node == answer.node)
    }

    @Test func `a lease counts from before it was asked for`() {
        var follower = FollowerState(id: Identifier(high: 2, low: 2))
        _ = follower.receive(Self.answer(0, 5), asked: Self.reading(0), at: Self.reading(900))
        #expect(follower.hasLease(at: Self.reading(999)))
        #expect(!follower.hasLease(at: Self.reading(1000)))
    }

    @Test func `a lease that ends sooner does not take the place of a live one, but that of a void one`() {
        let shorter = Self.answer(5, 5, lease: 300)
        var follower = Self.follower()
        _ = follower.receive(shorter, asked: Self.reading(500), at: Self.reading(510))
        #expect(follower.lease?.end == Moment(milliseconds: 1000))

        var later = Self.reading(500)
        later.wall += 60_000
        follower = Self.follower()
        #expect(!follower.hasLease(at: later), "the clocks have come to disagree")
        _ = follower.receive(shorter, asked: later, at: later)
        #expect(follower.hasLease(at: later))
    }

    @Test func `an answer without a lease leaves the lease as it is`() {
        var follower = Self.follower()
        _ = follower.receive(Self.answer(5, 9, lease: 0), asked: Self.reading(500), at: Self.reading(510))
        #expect(follower.lease?.end == Moment(milliseconds: 1000))
    }

    @Test func `one that has stopped has no lease, and gets none`() {
        var follower = Self.follower()
        follower.stop()
        #expect(!follower.hasLease(at: Self.reading(20)))
        let isOfUse = follower.receive(Self.answer(5, 9), asked: Self.reading(20), at: Self.reading(30))
        #expect(!isOfUse)
        #expect(!follower.hasLease(at: Self.reading(30)))
    }
}
