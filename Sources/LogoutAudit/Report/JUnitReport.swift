/// The report for CI servers: one test case for each probe, in JUnit's XML.
package enum JUnitReport {
    package static func text(_ report: AuditReport) -> String {
        let summary = report.summary
        let skipped = summary.notApplicable + summary.couldNotTell
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text +=
            "<testsuites name=\"exeunt audit\" tests=\"\(report.probes.count)\" failures=\"\(summary.fail)\" time=\"\(report.seconds)\">\n"
        text +=
            "  <testsuite name=\"\(XMLText.escaped(report.target))\" tests=\"\(report.probes.count)\" failures=\"\(summary.fail)\" errors=\"0\" skipped=\"\(skipped)\" time=\"\(report.seconds)\">\n"
        for entry in report.probes { text += testCase(entry) }
        return text + "  </testsuite>\n</testsuites>\n"
    }

    private static func testCase(_ entry: AuditReport.Entry) -> String {
        let head =
            "    <testcase classname=\"\(XMLText.escaped(entry.group))\" name=\"\(XMLText.escaped(entry.id + ": " + entry.title))\""
        let summary = XMLText.escaped(entry.summary)
        switch Verdict(rawValue: entry.verdict) {
        case .fail:
            let lines = [entry.why ?? ""] + entry.evidence.map(\.line)
            return head + ">\n      <failure type=\"\(entry.severity)\" message=\"\(summary)\">"
                + XMLText.escaped(lines.joined(separator: "\n")) + "</failure>\n    </testcase>\n"
        case .notApplicable, .couldNotTell:
            return head + ">\n      <skipped message=\"\(summary)\"/>\n    </testcase>\n"
        case .warning:
            return head + ">\n      <system-out>warning: \(summary)</system-out>\n    </testcase>\n"
        case .pass, nil: return head + "/>\n"
        }
    }
}

extension AuditReport.Proof {
    /// The proof on one line.
    var line: String {
        guard let request, let answer else { return note }
        return "\(note): \(request.method) \(request.url) -> \(answer.status)"
    }
}
