/// One series of a metric: what is counted under one set of labels.
protocol MetricSeries: AnyObject, Sendable {
    /// Adds its lines in the text exposition format.
    func write(to text: inout String, name: String, labels: MetricLabels)
}
