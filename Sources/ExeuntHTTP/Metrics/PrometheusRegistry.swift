package import Metrics
internal import Synchronization

/// Keeps what is measured and tells it in the Prometheus text exposition format, version 0.0.4.
///
/// A counter's name ends in `_total`, a timer is a histogram in seconds. What would go beyond ``MetricLimits`` is
/// folded into one series, or not told at all, so that no caller can make it grow without end.
package final class PrometheusRegistry: MetricsFactory {
    /// The media type of ``text()``.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private struct State {
        var families: [String: MetricFamily] = [:]
        var help: [String: String] = [:]
        var observed: [ObservedMetric] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Says what a metric means, by the name that ``text()`` gives it.
    package func describe(_ name: String, as help: String) {
        state.withLock { $0.help[name] = help }
    }

    /// Adds a metric that is read when ``text()`` is asked for, and left out when there is nothing to read.
    ///
    /// It is a counter when its name ends in `_total`, else a gauge.
    package func observe(
        _ label: String, as help: String, dimensions: [(String, String)] = [],
        read: @escaping @Sendable () -> Double?
    ) {
        let labels = MetricLabels(dimensions)
        observe(
            ObservedMetric(name: PrometheusText.metricName(label), help: help) { read().map { [(labels, $0)] } ?? [] })
    }

    /// Adds a metric of several series likewise, at most ``MetricLimits/seriesPerFamily`` of them.
    package func observe(
        _ label: String, as help: String, readEach: @escaping @Sendable () -> [([(String, String)], Double)]
    ) {
        observe(
            ObservedMetric(name: PrometheusText.metricName(label), help: help) {
                readEach().map { (MetricLabels($0), $1) }
            })
    }

    private func observe(_ metric: ObservedMetric) {
        state.withLock { state in
            state.observed.removeAll { $0.name == metric.name }
            state.observed.append(metric)
        }
    }

    /// Everything that is known now, in an order that stays.
    package func text() -> String {
        let state = state.withLock { $0 }
        var text = state.observed.map(\.text).joined()
        let observed = Set(state.observed.map(\.name))
        for (name, family) in state.families.sorted(by: { $0.key < $1.key }) where !observed.contains(name) {
            family.write(to: &text, name: name, help: state.help[name])
        }
        return text
    }

    // MARK: MetricsFactory

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions)
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        counter(label, dimensions)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(.gauge, PrometheusText.metricName(label), MetricLabels(dimensions)) { GaugeSeries() }
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        let name = PrometheusText.metricName(label)
        guard aggregate else { return series(.gauge, name, MetricLabels(dimensions)) { GaugeSeries() } }
        return series(.histogram, name, MetricLabels(dimensions, reserved: "le")) {
            HistogramSeries(bounds: MetricLimits.recorderBuckets)
        }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let name = Self.name(label, endingIn: "_seconds")
        return series(.histogram, name, MetricLabels(dimensions, reserved: "le")) {
            HistogramSeries(bounds: MetricLimits.timerBuckets)
        }
    }

    package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    // MARK: Series

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> CounterSeries {
        series(.counter, Self.name(label, endingIn: "_total"), MetricLabels(dimensions)) { CounterSeries() }
    }

    /// The series of a name and labels.
    ///
    /// One that cannot be told, because its name is another kind's or there are too many names, works and is not kept.
    private func series<Series: MetricSeries>(
        _ kind: MetricFamily.Kind, _ name: String, _ labels: MetricLabels, make: () -> Series
    ) -> Series {
        let kept = state.withLock { state -> Series? in
            if state.families[name] == nil, state.families.count >= MetricLimits.families { return nil }
            guard state.families[name, default: MetricFamily(kind: kind)].kind == kind else { return nil }
            return state.families[name, default: MetricFamily(kind: kind)].series(labels, make: make) as? Series
        }
        return kept ?? make()
    }

    private func remove(_ handler: AnyObject) {
        state.withLock { state in
            for name in state.families.keys { state.families[name]?.remove(handler) }
        }
    }

    private static func name(_ label: String, endingIn suffix: String) -> String {
        let name = PrometheusText.metricName(label)
        return name.hasSuffix(suffix) ? name : name + suffix
    }
}
