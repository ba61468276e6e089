/// A metric that nobody records: it is read when somebody asks.
struct ObservedMetric: Sendable {
    let name: String
    let help: String
    let labels: MetricLabels
    let read: @Sendable () -> Double?

    /// Its lines in the text exposition format; none when there is nothing to read.
    var text: String {
        guard let value = read() else { return "" }
        let kind: MetricFamily.Kind = name.hasSuffix("_total") ? .counter : .gauge
        return """
            # HELP \(name) \(PrometheusText.escapedHelp(help))
            # TYPE \(name) \(kind.rawValue)
            \(name)\(labels.text()) \(PrometheusText.number(value))

            """
    }
}
