internal import Settlement

/// What one run is like, drawn from its seed: who takes part, how they are set up, and how bad things get.
struct Weather {
    let nodes: Int
    let verifiers: Int
    let walls: Walls
    /// Records in one answer to a verifier.
    let page: Int
    /// The settings of the nodes at their starts; each start has one of them.
    let terms: [LeaseTerms]
    /// The lives of access tokens at their starts, in milliseconds.
    let tokenLives: [Int64]
    /// Until faults end, and clients are done.
    let activeTime: Span
    let betweenActs: Span
    let betweenProbes: Span
    let faults: Int
    /// How likely each fault is, against the others: a run with few kinds of them gets further with these.
    let faultWeights: [Int64]
    /// Messages that are lost, that come twice, and that take their time: so many in a hundred.
    let lost: Int64
    let doubled: Int64
    let slow: Int64
    /// Calls to the store that are lost, on the way there or back, and that take their time, in a hundred.
    let storeLost: Int64
    let storeSlow: Int64
    /// How long a process waits for the store.
    let storePatience: Span
    /// Polls that are given up before an answer can be there, in a hundred.
    let hasty: Int64
    /// Verifiers that go to another node with their next poll, and when there was no answer, in a hundred.
    let moves: Int64
    let movesAfterSilence: Int64
    /// Verifiers that ask for another lease at times, in a hundred.
    let fickle: Int64
    /// The leases that verifiers ask for, in milliseconds.
    let wantedLeases: ClosedRange<Int64>
    /// Commits that a node hears of late, or has to find out by itself, in a hundred.
    let heardLate: Int64
    let unheard: Int64
    /// Logouts that are commands, in a hundred.
    let commands: Int64
    /// For how long a node that is silent is still known, in milliseconds.
    let silentNode: Int64
    /// The longest pause between two looks at the other nodes.
    let longestLookPause: Span
    /// Whether the clocks are as far apart as they may be, and in the bad direction: slow verifiers, fast nodes.
    let isAtTheBoundOfDrift: Bool

    /// The weather of a run; what breaks a variant in rare weather alone gets that weather.
    init(_ random: inout SplitMix64, for variant: Variant?) {
        let only = variant?.faults ?? []
        let isRare = !only.isEmpty
        let (isSlow, isDeaf) = (variant?.needsSlowStore == true, variant?.needsDeafNodes == true)
        let count = [1, 1, 1, 1, 2, 2, 2, 3, 3, 4][random.index(below: 10)]
        nodes = variant?.nodes.map { $0.contains(count) ? count : $0.lowerBound } ?? count
        verifiers = Int(random.number(isDeaf ? 1...3 : 1...5))
        walls = random.percent(35) && variant?.needsTameWalls != true ? .wild : .tame
        page = random.percent(30) ? Int(random.number(1...4)) : 100
        terms = (0..<2).map { _ in
            let cap = random.number(variant?.leases ?? 400...1500)
            return LeaseTerms(standardMilliseconds: random.number(300...cap), longestMilliseconds: cap)
        }
        // Nodes agree on it, and one that is alone may be set up differently when it starts anew.
        let lives = walls.isWild ? [Walls.longLife] : (0..<2).map { _ in random.number(800...3000) }
        tokenLives = nodes == 1 ? lives : [lives[0]]
        activeTime = random.span(.milliseconds(2500), .milliseconds(5000))
        betweenActs = random.span(.milliseconds(50), .milliseconds(isDeaf ? 120 : 300))
        betweenProbes = random.span(.milliseconds(40), .milliseconds(160))
        faults = Int(isRare ? isDeaf ? 6 : 16 : random.number(0...8 + 2 * (Int64(nodes) - 1)))
        faultWeights = Fault.allCases.map { fault in
            if isRare { return only.contains(fault) ? 1 : 0 }
            return random.percent(35) ? 0 : random.number(1...6)
        }
        let isCalm = random.percent(25)
        lost = isCalm ? 0 : random.number(0...12)
        doubled = isCalm ? 0 : random.number(0...8)
        slow = isCalm ? 0 : random.number(0...15)
        let isStoreGood = random.percent(50) && !isSlow
        storeLost = isStoreGood ? 0 : random.number(0...8)
        storeSlow = isStoreGood ? 0 : random.number(isSlow ? 20...50 : 0...12)
        storePatience = random.span(.milliseconds(60), .milliseconds(isSlow ? 400 : 700))
        hasty = random.percent(25) ? random.number(5...60) : 0
        moves = random.percent(50) ? 0 : random.number(1...25)
        movesAfterSilence = random.percent(isDeaf ? 20 : 70) ? random.number(20...100) : 0
        let isFickle = variant?.needsFickleVerifiers == true
        fickle = isFickle ? 100 : random.percent(50) ? 15 : 60
        wantedLeases = isFickle ? 100...700 : 200...1500
        heardLate = random.percent(50) ? random.number(5...50) : 0
        unheard = random.percent(50) || isDeaf ? random.number(5...80) : 0
        commands = random.percent(80) && !isDeaf ? 8 : 40
        silentNode = random.number(200...1500)
        longestLookPause = random.span(.milliseconds(10), .milliseconds(60))
        isAtTheBoundOfDrift = random.percent(40) || isRare
    }

    /// One of the faults of this run.
    func anyFault(_ random: inout SplitMix64) -> Fault? {
        let sum = faultWeights.reduce(0, +)
        guard sum > 0 else { return nil }
        var rest = random.number(0...sum - 1)
        return zip(Fault.allCases, faultWeights).first { _, weight in
            rest -= weight
            return rest < 0
        }?.0
    }

    /// The longest lease that a node can have, and its margin, in milliseconds: the worst case of settling.
    var longestNodeLease: Int64 {
        let length = NodeState.length(for: terms.map(\.longestMilliseconds).max() ?? 0)
        return length + Lease.margin(of: length)
    }

    /// How long everything takes to settle and to catch up once faults have ended.
    var quietTime: Span { .milliseconds(2 * longestNodeLease + 3000) }
    /// How long before the end everybody signs out.
    var lastSignOuts: Span { .milliseconds(longestNodeLease + 1000) }
}
