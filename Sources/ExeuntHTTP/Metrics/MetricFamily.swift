/// A metric: its kind and its series.
struct MetricFamily: Sendable {
    /// What a metric is, in the words of the format.
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    let kind: Kind
    private var series: [MetricLabels: any MetricSeries] = [:]

    init(kind: Kind) { self.kind = kind }

    /// The series of some labels, made by `make` when there is none; beyond ``MetricLimits/seriesPerFamily`` it is the
    /// one that takes all the rest.
    mutating func series(_ labels: MetricLabels, make: () -> any MetricSeries) -> any MetricSeries {
        if let existing = series[labels] { return existing }
        let labels = series.count < MetricLimits.seriesPerFamily ? labels : labels.overflow
        if let existing = series[labels] { return existing }
        let made = make()
        series[labels] = made
        return made
    }

    /// Forgets a series.
    mutating func remove(_ handler: AnyObject) {
        series = series.filter { $0.value !== handler }
    }

    /// Its lines in the text exposition format, the series in an order that stays.
    func write(to text: inout String, name: String, help: String?) {
        guard !series.isEmpty else { return }
        if let help { text += "# HELP \(name) \(PrometheusText.escapedHelp(help))\n" }
        text += "# TYPE \(name) \(kind.rawValue)\n"
        for (_, labels, series) in series.map({ ($0.key.text(), $0.key, $0.value) }).sorted(by: { $0.0 < $1.0 }) {
            series.write(to: &text, name: name, labels: labels)
        }
    }
}
