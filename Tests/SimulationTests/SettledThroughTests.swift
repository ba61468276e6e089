import Settlement
import Simulation
import Testing

@Suite struct SettledThroughTests {
    /// An authority, the naive one, and what happens to both.
    private struct Pair {
        static let node = Identifier(high: 0, low: 0)

        var random: SplitMix64
        var now = Moment(milliseconds: 5000)
        /// What is on the disk; the authority may not have heard of all of it.
        var head: UInt64 = 0
        var real: AuthorityState
        var naive: NaiveAuthority
        let followers: [Identifier]

        init(seed: UInt64) {
            random = SplitMix64(seed: seed)
            real = AuthorityState(node: Self.node, head: 0)
            naive = NaiveAuthority()
            followers = (1...random.number(1...6)).map { Identifier(high: 1, low: UInt64($0)) }
        }

        mutating func somethingHappens() {
            let follower = followers[random.index(below: followers.count)]
            switch random.number(0...99) {
            case 0..<20: now = now + random.number(0...120)
            case 20..<40: commit()
            case 40..<65: poll(follower)
            case 65..<92: grant(follower)
            case 92..<96:
                real.handedBack(by: follower)
                naive.handedBack(by: follower)
            default:
                real.forget(silentSince: now + -random.number(0...300), at: now)
                for follower in followers where !real.knows(follower) { naive.forgets(follower) }
            }
        }

        private mutating func commit() {
            head += UInt64(random.number(1...3))
            guard random.percent(70) else { return }
            naive.head = head
            real.committed(through: head)
        }

        /// It acknowledges anything: what is true, what it has acknowledged before, or something of another node.
        private mutating func poll(_ follower: Identifier) {
            let after = UInt64(random.number(0...Int64(naive.head)))
            let isOurs = random.percent(85)
            let from = real.polled(
                FeedPoll(follower: follower, node: isOurs ? Self.node : nil, after: after), at: now)
            #expect(from == (isOurs ? after : 0))
            naive.acknowledges(follower, isOurs ? after : 0)
        }

        private mutating func grant(_ follower: Identifier) {
            let through = head - min(head, random.percent(70) ? 0 : UInt64(random.number(1...4)))
            let wanted = random.number(1...600)
            naive.head = max(naive.head, through)
            let isDue = real.knows(follower) && through == naive.head
            let isSafe = naive.openGrants(of: follower, at: now) < 3
            let left = random.percent(70) ? 100_000 : random.number(-5...600)
            let granted = real.grant(wanted, to: follower, through: through, at: now, until: now + left)
            #expect(granted == 0 || isDue)
            #expect(granted > 0 || !isDue || !isSafe || left < 6, "no lease though it was due")
            guard granted > 0 else { return }
            #expect(granted + Lease.margin(of: granted) <= left, "no lease ends after the node's own")
            #expect(
                granted == wanted || granted < wanted && granted + 1 + Lease.margin(of: granted + 1) > left - 2,
                "no lease is shorter than it has to be")
            naive.granted(granted, to: follower, through: through, at: now)
            #expect(naive.openGrants(of: follower, at: now) <= 4, "what is kept of a follower is bounded")
        }

        mutating func agree() {
            let settled = naive.settledThrough(at: now)
            #expect(real.settledThrough(at: now) == settled)
            for seq in stride(from: settled + 1, through: naive.head, by: 1) {
                #expect(real.settlesBy(seq, at: now) == naive.settlesBy(seq, at: now))
            }
            let next = real.nextLook(at: now)
            #expect(
                (next == nil) == (settled == naive.head),
                "somebody looks again just while there is something to wait for")
            guard let next else { return }
            #expect(next > now)
            #expect(naive.settledThrough(at: next + -1) == settled, "nothing settles by itself before the next look")
        }
    }

    @Test(arguments: UInt64(1)...100)
    func `what is settled is what the definition says`(seed: UInt64) {
        var pair = Pair(seed: seed)
        for _ in 0..<150 {
            pair.somethingHappens()
            pair.agree()
        }
    }
}
