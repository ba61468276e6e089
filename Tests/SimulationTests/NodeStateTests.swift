import Settlement
import Simulation
import Testing

@Suite struct NodeStateTests {
    private static func reading(_ milliseconds: Int64, wallAhead: Int64 = 0) -> ClockReading {
        ClockReading(moment: Moment(milliseconds: milliseconds), wall: 1_000_000 + milliseconds + wallAhead)
    }

    private static func node() -> NodeState { NodeState(id: Identifier(high: 4, low: 4)) }

    /// Renews at a moment, and says what was written.
    private static func renew(_ node: inout NodeState, for lease: Int64, at now: ClockReading) -> AuthorityNode {
        let row = node.renewal(for: lease, settledThrough: 0, at: now)
        node.renewed(row, asked: now)
        return row
    }

    @Test(arguments: [1, 49, 50, 300, 3000, 60_000, 3_600_000] as [Int64])
    func `a lease of its own lets it grant what it was asked for, for a while`(lease: Int64) {
        var node = Self.node()
        #expect(!node.covers(lease, at: Self.reading(0)))
        _ = Self.renew(&node, for: lease, at: Self.reading(0))
        #expect(node.covers(lease, at: Self.reading(0)))
        #expect(node.covers(lease, at: Self.reading(lease / 8)))
        #expect(!node.covers(lease, at: Self.reading(lease / 4 + 1)))
        #expect(node.isDue(for: lease, at: Self.reading(lease / 4 + 1)))
    }

    @Test func `it counts from before it asked, and only what has been written`() {
        var node = Self.node()
        let row = node.renewal(for: 800, settledThrough: 3, at: Self.reading(0))
        #expect(node.leaseEnd(at: Self.reading(10)) == nil)
        #expect(node.last == nil)
        node.renewed(row, asked: Self.reading(0))
        #expect(node.leaseEnd(at: Self.reading(500)) == Moment(milliseconds: NodeState.length(for: 800)))
        #expect(node.leaseEnd(at: Self.reading(NodeState.length(for: 800))) == nil)
        #expect(node.last == row)
        #expect(row.settledThrough == 3)
    }

    @Test func `each renewal differs from all before`() {
        var node = Self.node()
        let rows = (0..<5).map { node.renewal(for: 100, settledThrough: 0, at: Self.reading(Int64($0))) }
        #expect(Set(rows.map(\.renewal)).count == 5)
        #expect(rows.map(\.renewal) == rows.map(\.renewal).sorted())
    }

    @Test func `when its clocks come to disagree it has no lease, until it renews`() {
        var node = Self.node()
        _ = Self.renew(&node, for: 800, at: Self.reading(0))
        #expect(node.leaseEnd(at: Self.reading(100, wallAhead: 500)) == nil)
        _ = Self.renew(&node, for: 200, at: Self.reading(100, wallAhead: 500))
        #expect(node.leaseEnd(at: Self.reading(150, wallAhead: 500)) != nil)
    }

    @Test func `while it has a longer lease it says so in full, however little of that is left`() {
        var node = Self.node()
        let (long, short) = (NodeState.length(for: 10_000), NodeState.length(for: 500))
        #expect(Self.renew(&node, for: 10_000, at: Self.reading(0)).leaseMilliseconds == long)
        // Somebody else commits at 1, is cut off, and looks when no more than a short lease is left of the long one: it counts
        // from 1, and must not count a short one.
        #expect(Self.renew(&node, for: 500, at: Self.reading(long - 400)).leaseMilliseconds == long)
        #expect(node.leaseEnd(at: Self.reading(long - 300)) == Moment(milliseconds: long - 400 + short))
        #expect(Self.renew(&node, for: 500, at: Self.reading(long - 1)).leaseMilliseconds == long)
        #expect(Self.renew(&node, for: 500, at: Self.reading(long)).leaseMilliseconds == short)
    }

    @Test(arguments: UInt64(1)...100)
    func `what it says covers every lease that has not ended, and nothing that has for long`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var node = Self.node()
        var leases: [Lease] = []
        var now: Int64 = 0
        for _ in 0..<300 {
            now += random.number(0...200)
            let reading = Self.reading(now)
            let wanted = random.percent(10) ? random.number(1...3000) : random.number(1...300)
            let row = node.renewal(for: wanted, settledThrough: 0, at: reading)
            let live = leases.filter { $0.end > reading.moment }.map(\.milliseconds).max() ?? 0
            #expect(row.leaseMilliseconds >= max(live, NodeState.length(for: wanted)))
            // What was longer and has ended is said for one more lease at the most.
            let longest = leases.filter { $0.end + 4000 > reading.moment }.map(\.milliseconds).max() ?? 0
            #expect(row.leaseMilliseconds <= max(longest, NodeState.length(for: wanted)))
            guard random.percent(85) else { continue }
            node.renewed(row, asked: reading)
            leases.append(Lease(asked: reading, milliseconds: NodeState.length(for: wanted)))
            #expect(node.leaseEnd(at: reading) == leases.map(\.end).max())
        }
    }
}
