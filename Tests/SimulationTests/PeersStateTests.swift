import Settlement
import Simulation
import Testing

@Suite struct PeersStateTests {
    /// Somebody who looks at other nodes, who come, renew, settle, fall silent and go.
    private struct Pair {
        var random: SplitMix64
        var now = Moment(milliseconds: 7000)
        var real = PeersState()
        var naive = NaivePeers()
        var rows: [AuthorityNode] = []
        /// Looks that have begun, each with what it will show once it has been done.
        var open: [(look: UInt64, shows: [AuthorityNode]?)] = []
        var head: UInt64 = 0
        /// Commits, each with the first look that tells about it.
        var commits: [(seq: UInt64, at: Moment, look: UInt64)] = []
        var names: UInt64 = 0

        init(seed: UInt64) { random = SplitMix64(seed: seed) }

        mutating func somethingHappens() {
            switch random.number(0...99) {
            case 0..<25: now = now + random.number(0...150)
            case 25..<40:
                head += 1
                commits.append((head, now, real.nextLook))
            case 40..<60: nodeDoesSomething()
            case 60..<75: open.append((real.beginLook(), nil))
            case 75..<87:
                guard let place = anyOpen() else { return }
                open[place].shows = rows
            default:
                guard let place = anyOpen(), let shows = open[place].shows else { return }
                let look = open.remove(at: place).look
                real.looked(look, others: shows.shuffled(using: &random), at: now)
                naive.looked(look, shows, at: now)
            }
        }

        private mutating func anyOpen() -> Int? { open.isEmpty ? nil : random.index(below: open.count) }

        private mutating func nodeDoesSomething() {
            guard !rows.isEmpty, random.percent(90) else {
                names += 1
                guard rows.count < 4 else { return }
                return rows.append(
                    AuthorityNode(
                        id: Identifier(high: 3, low: names), renewal: 1, leaseMilliseconds: random.number(1...600),
                        settledThrough: head))
            }
            let place = random.index(below: rows.count)
            switch random.number(0...9) {
            case 0: rows.remove(at: place)
            case 1..<5:
                rows[place].renewal += 1
                if random.percent(30) { rows[place].leaseMilliseconds = random.number(1...600) }
            default:
                let more = Int64(head - rows[place].settledThrough)
                rows[place].settledThrough += UInt64(random.number(0...more))
            }
        }

        func agree() {
            for commit in commits.suffix(6) {
                let settled = naive.isSettled(commit.seq, committedBy: commit.at, since: commit.look, at: now)
                #expect(real.isSettled(commit.seq, committedBy: commit.at, since: commit.look, at: now) == settled)
                let by = naive.settlesBy(commit.seq, committedBy: commit.at, at: now)
                #expect(real.settlesBy(commit.seq, committedBy: commit.at, at: now) == by)
            }
            #expect(Set(real.gone(for: 300, at: now)) == naive.gone(for: 300, at: now))
            #expect(real.isAlone == (naive.sightings.last?.nodes ?? []).isEmpty)
        }
    }

    @Test(arguments: UInt64(1)...100)
    func `what the others have settled is what all looks together say`(seed: UInt64) {
        var pair = Pair(seed: seed)
        for _ in 0..<150 {
            pair.somethingHappens()
            pair.agree()
        }
    }

    // MARK: One by one

    private static func node(
        _ number: UInt64 = 1, renewal: UInt64 = 1, lease: Int64 = 1000, settled: UInt64 = 0
    ) -> AuthorityNode {
        AuthorityNode(
            id: Identifier(high: 3, low: number), renewal: renewal, leaseMilliseconds: lease, settledThrough: settled)
    }

    private static func moment(_ milliseconds: Int64) -> Moment { Moment(milliseconds: milliseconds) }

    @Test func `a look that began before the commit says nothing about it`() {
        var peers = PeersState()
        let early = peers.beginLook()
        let needed = peers.nextLook
        peers.looked(early, others: [], at: Self.moment(10))
        #expect(!peers.isSettled(1, committedBy: Self.moment(5), since: needed, at: Self.moment(10)))
        let late = peers.beginLook()
        peers.looked(late, others: [], at: Self.moment(20))
        #expect(peers.isSettled(1, committedBy: Self.moment(5), since: needed, at: Self.moment(20)))
    }

    @Test func `an earlier look that comes in late takes nothing back`() {
        var peers = PeersState()
        let (first, second) = (peers.beginLook(), peers.beginLook())
        peers.looked(second, others: [Self.node()], at: Self.moment(10))
        peers.looked(first, others: [], at: Self.moment(20))
        #expect(!peers.isAlone)
    }

    @Test
    func `a node that goes on renewing is waited for from the commit on, a silent one from when it was first seen so`()
    {
        var peers = PeersState()
        peers.looked(peers.beginLook(), others: [Self.node(1), Self.node(2)], at: Self.moment(0))
        let look = peers.beginLook()
        peers.looked(look, others: [Self.node(1), Self.node(2, renewal: 2)], at: Self.moment(600))
        let by = peers.settlesBy(1, committedBy: Self.moment(500), at: Self.moment(600))
        #expect(by == Self.moment(500 + 1000 + Lease.margin(of: 1000)))
        peers.looked(peers.beginLook(), others: [Self.node(1)], at: Self.moment(700))
        let silent = peers.settlesBy(1, committedBy: Self.moment(500), at: Self.moment(700))
        #expect(silent == Self.moment(1000 + Lease.margin(of: 1000)))
    }
}
