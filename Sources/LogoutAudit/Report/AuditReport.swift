/// What a run has found, with every secret replaced; what all writers of reports start from.
package struct AuditReport: Encodable, Hashable, Sendable {
    package struct Message: Encodable, Hashable, Sendable {
        package var method: String
        package var url: String
        package var headers: [[String]]
        package var body: String?
    }

    package struct Answer: Encodable, Hashable, Sendable {
        package var status: Int
        package var headers: [[String]]
        package var body: String
    }

    package struct Proof: Encodable, Hashable, Sendable {
        package var note: String
        package var request: Message?
        package var answer: Answer?
    }

    package struct Entry: Encodable, Hashable, Sendable {
        package var id: String
        package var title: String
        package var group: String
        package var clauses: [String]
        package var severity: String
        package var verdict: String
        package var summary: String
        /// Why it matters; nil where nothing is wrong.
        package var why: String?
        /// What to do about it, by framework.
        package var fixes: [String: String]?
        package var evidence: [Proof]
    }

    package struct Named: Encodable, Hashable, Sendable {
        package var label: String
        package var kind: String
        package var name: String
    }

    package struct Summary: Encodable, Hashable, Sendable {
        package var pass = 0, fail = 0, warning = 0, notApplicable = 0, couldNotTell = 0
    }

    package var tool = "exeunt audit"
    package var version: String
    package var target: String
    package var summary: Summary
    /// From 0 to 100: what is left after each failure has taken off its weight.
    package var score: Int
    package var requests: Int
    package var seconds: Double
    package var credentials: [Named]
    /// Protected addresses at which signed-in and signed-out answers cannot be told apart.
    package var undecided: [String]
    package var probes: [Entry]
}
