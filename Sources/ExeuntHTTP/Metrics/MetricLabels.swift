/// The labels of a series, by names and in an order that the format allows.
struct MetricLabels: Hashable, Sendable {
    private struct Label: Hashable, Sendable {
        var name: String
        var value: String
    }

    private var labels: [Label]

    /// The labels of some dimensions, sorted by name; of two with one name the first counts.
    ///
    /// `reserved` is a name that the format keeps for itself (`le` in a histogram).
    init(_ dimensions: [(String, String)], reserved: String? = nil) {
        var labels: [Label] = []
        for (name, value) in dimensions {
            var name = PrometheusText.labelName(name)
            if name == reserved { name = "exported_" + name }
            guard !labels.contains(where: { $0.name == name }) else { continue }
            labels.append(Label(name: name, value: PrometheusText.clipped(value)))
        }
        self.labels = labels.sorted { $0.name < $1.name }
    }

    /// The same names, each with the value that stands for all the rest.
    var overflow: MetricLabels {
        var folded = self
        for index in folded.labels.indices { folded.labels[index].value = MetricLimits.overflowValue }
        return folded
    }

    /// The labels as the format writes them, with one more at the end; empty when there is none.
    func text(with extra: (name: String, value: String)? = nil) -> String {
        var parts = labels.map { "\($0.name)=\"\(PrometheusText.escaped($0.value))\"" }
        if let extra { parts.append("\(extra.name)=\"\(extra.value)\"") }
        return parts.isEmpty ? "" : "{\(parts.joined(separator: ","))}"
    }
}
