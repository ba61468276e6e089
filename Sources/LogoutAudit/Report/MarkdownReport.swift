/// The report for a pull request.
package enum MarkdownReport {
    package static func text(_ report: AuditReport) -> String {
        let summary = report.summary
        var text = "## What signing out of \(cell(report.target)) does\n\n"
        text +=
            "Score **\(report.score)** of 100: \(summary.fail) failed, \(summary.warning) to be looked at, \(summary.pass) passed, \(summary.couldNotTell) unclear, \(summary.notApplicable) not applicable.\n"
        let wrong = report.probes.filter {
            $0.verdict == Verdict.fail.rawValue || $0.verdict == Verdict.warning.rawValue
        }
        if wrong.isEmpty { return text + "\nNothing was found.\n" }
        text += "\n| | probe | what was seen | severity | clauses |\n| --- | --- | --- | --- | --- |\n"
        for entry in wrong {
            text +=
                "| \(entry.verdict) | `\(entry.id)` | \(cell(entry.summary)) | \(entry.severity) | \(entry.clauses.joined(separator: ", ")) |\n"
        }
        for entry in wrong where entry.verdict == Verdict.fail.rawValue { text += detail(entry) }
        return text
    }

    private static func detail(_ entry: AuditReport.Entry) -> String {
        var text = "\n<details><summary><code>\(entry.id)</code>: \(XMLText.escaped(entry.summary))</summary>\n\n"
        if let why = entry.why { text += why + "\n\n" }
        text +=
            "```\n" + entry.evidence.map { $0.line.onOneLine.replacing("```", with: "'''") }.joined(separator: "\n")
            + "\n```\n"
        for (framework, fix) in (entry.fixes ?? [:]).sorted(by: { $0.key < $1.key }) {
            text += "\n- **\(framework)**: \(fix)"
        }
        return text + "\n\n</details>\n"
    }

    /// A text that cannot leave its cell, nor be taken for markup.
    private static func cell(_ text: String) -> String {
        text.onOneLine.replacing("\\", with: "\\\\").replacing("|", with: "\\|").replacing("<", with: "&lt;")
    }
}
