internal import Metrics
internal import Synchronization

/// How values are spread over fixed buckets.
final class HistogramSeries: RecorderHandler, TimerHandler, MetricSeries {
    private struct State {
        /// One for each bound, and one for what is above them all; not cumulative.
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    /// Buckets with these upper bounds, in rising order.
    init(bounds: [Double]) {
        self.bounds = bounds
        self.state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    /// A duration; it is told in seconds.
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }

    func write(to text: inout String, name: String, labels: MetricLabels) {
        let state = state.withLock { $0 }
        var total: UInt64 = 0
        for (bound, count) in zip(bounds + [.infinity], state.counts) {
            total += count
            let label = labels.text(with: ("le", PrometheusText.number(bound)))
            text += "\(name)_bucket\(label) \(total)\n"
        }
        text += "\(name)_sum\(labels.text()) \(PrometheusText.number(state.sum))\n"
        text += "\(name)_count\(labels.text()) \(total)\n"
    }
}
