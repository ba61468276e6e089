internal import Metrics
internal import Synchronization

/// A number that only grows, in whole steps or in fractions.
final class CounterSeries: CounterHandler, FloatingPointCounterHandler, MetricSeries {
    private let whole = Atomic<Int64>(0)
    private let fraction = AtomicDouble()

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        whole.wrappingAdd(amount, ordering: .relaxed)
    }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        fraction.add(amount)
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        fraction.set(0)
    }

    func write(to text: inout String, name: String, labels: MetricLabels) {
        let (whole, fraction) = (whole.load(ordering: .relaxed), fraction.value)
        let value = fraction == 0 ? String(whole) : PrometheusText.number(Double(whole) + fraction)
        text += "\(name)\(labels.text()) \(value)\n"
    }
}
