/// Why something matters, and how it is mended.
struct Advice: Hashable, Sendable {
    var why: String
    /// By framework.
    var fixes: [String: String]

    /// The advice for a probe.
    static func about(_ id: String) -> Advice? {
        AdviceTable.topics.first { $0.probes.contains(id) }.map { topic in
            Advice(why: topic.why, fixes: Dictionary(zip(AdviceTable.frameworks, topic.fixes)) { first, _ in first })
        }
    }
}
