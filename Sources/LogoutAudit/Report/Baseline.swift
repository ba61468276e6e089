internal import Foundation

/// What an earlier report found, so that only what is new counts.
package struct Baseline: Sendable {
    private struct Report: Decodable {
        struct Entry: Decodable {
            var id: String
            var verdict: String
        }
        var probes: [Entry]
    }

    private let verdicts: [String: String]

    /// Nil for what is no JSON report of an audit.
    package init?(json: String) {
        guard let report = try? JSONDecoder().decode(Report.self, from: Data(json.utf8)) else { return nil }
        verdicts = Dictionary(report.probes.map { ($0.id, $0.verdict) }) { first, _ in first }
    }

    /// Whether it was as bad then: a failure that was one, or a warning that was a warning or worse.
    package func knows(_ entry: AuditReport.Entry) -> Bool {
        switch Verdict(rawValue: verdicts[entry.id] ?? "") {
        case .fail: true
        case .warning: entry.verdict == Verdict.warning.rawValue
        default: false
        }
    }
}
