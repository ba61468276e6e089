/// A metric that nobody records: it is read when somebody asks.
struct ObservedMetric: Sendable {
    let name: String
    let help: String
    let read: @Sendable () -> [(MetricLabels, Double)]

    /// Its lines in the text exposition format; none when there is nothing to read.
    var text: String {
        let values = read().prefix(MetricLimits.seriesPerFamily)
        guard !values.isEmpty else { return "" }
        let kind: MetricFamily.Kind = name.hasSuffix("_total") ? .counter : .gauge
        return """
            # HELP \(name) \(PrometheusText.escapedHelp(help))
            # TYPE \(name) \(kind.rawValue)

            """ + values.map { "\(name)\($0.text()) \(PrometheusText.number($1))\n" }.joined()
    }
}
