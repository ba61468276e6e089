internal import Metrics
internal import Synchronization

/// What a verifier says to swift-metrics.
final class VerifierMetrics: Sendable {
    private let leaseAge = Gauge(label: "exeunt_verifier_lease_age_seconds")
    private let revocations = Gauge(label: "exeunt_verifier_revocations")
    private let states = VerifierStatus.State.allCases.map { state in
        (state, Gauge(label: "exeunt_verifier_state", dimensions: [("state", state.rawValue)]))
    }
    private let cacheHits = Counter(label: "exeunt_verifier_cache_hits_total")
    private let checks = CheckCounts.Result.allCases.map { result in
        (result, Counter(label: "exeunt_verifier_checks_total", dimensions: [("result", result.label)]))
    }
    private let pollErrors = Counter(label: "exeunt_verifier_poll_errors_total")
    /// What the counters have been told already.
    private let told = Mutex((counts: CheckCounts(), pollErrors: UInt64(0)))

    /// Sets the gauges, and adds to the counters what has come since.
    func tell(_ status: VerifierStatus, _ counts: CheckCounts) {
        leaseAge.record(status.leaseAge?.seconds ?? 0)
        revocations.record(status.revocations)
        for (state, gauge) in states { gauge.record(state == status.state ? 1 : 0) }
        let before = told.withLock { told in
            defer { told = (counts, status.pollErrors) }
            return told
        }
        Self.add(status.cacheHits, before.counts.cacheHits, to: cacheHits)
        Self.add(status.pollErrors, before.pollErrors, to: pollErrors)
        for (result, counter) in checks { Self.add(counts[result], before.counts[result], to: counter) }
    }

    private static func add(_ now: UInt64, _ before: UInt64, to counter: Counter) {
        if now > before { counter.increment(by: now - before) }
    }
}
