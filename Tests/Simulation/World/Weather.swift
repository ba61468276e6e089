internal import Settlement

/// What one run is like, drawn from its seed: who takes part, how they are set up, and how bad things get.
struct Weather {
    let verifiers: Int
    /// Records in one answer to a verifier.
    let page: Int
    /// The settings of the authority at its starts; each start has one of them.
    let terms: [LeaseTerms]
    /// The lives of access tokens at its starts, in milliseconds.
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
    /// Polls that are given up before an answer can be there, in a hundred.
    let hasty: Int64
    /// Commits that the authority hears of late, in a hundred.
    let heardLate: Int64
    /// Whether the clocks are as far apart as they may be, and in the bad direction: slow verifiers, a fast authority.
    let isAtTheBoundOfDrift: Bool

    /// The weather of a run; what breaks a variant in rare weather alone gets that weather.
    init(_ random: inout SplitMix64, for variant: Variant?) {
        let needsBriefSuspensions = variant == .noMarginForStandingStill
        verifiers = Int(random.number(1...5))
        page = random.percent(30) ? Int(random.number(1...4)) : 100
        terms = (0..<2).map { _ in
            let cap = random.number(400...1500)
            return LeaseTerms(standardMilliseconds: random.number(300...cap), longestMilliseconds: cap)
        }
        tokenLives = (0..<2).map { _ in random.number(800...3000) }
        activeTime = random.span(.milliseconds(2500), .milliseconds(5000))
        betweenActs = random.span(.milliseconds(50), .milliseconds(300))
        betweenProbes = random.span(.milliseconds(40), .milliseconds(160))
        faults = Int(needsBriefSuspensions ? 16 : random.number(0...8))
        faultWeights = Fault.allCases.map { fault in
            if needsBriefSuspensions { return [.partition, .verifierSuspendsBriefly].contains(fault) ? 1 : 0 }
            return random.percent(35) ? 0 : random.number(1...6)
        }
        let isCalm = random.percent(25)
        lost = isCalm ? 0 : random.number(0...12)
        doubled = isCalm ? 0 : random.number(0...8)
        slow = isCalm ? 0 : random.number(0...15)
        hasty = random.percent(25) ? random.number(5...60) : 0
        heardLate = random.percent(50) ? random.number(5...50) : 0
        isAtTheBoundOfDrift = random.percent(40) || needsBriefSuspensions
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

    /// How long everything takes to settle and to catch up once faults have ended.
    var quietTime: Span {
        let longest = terms.map(\.longestMilliseconds).max() ?? 0
        return .milliseconds(1500 + 2 * (longest + Lease.margin(of: longest)) + longest)
    }
}
