/// The report for somebody at a terminal.
package struct TerminalReport: Sendable {
    private let usesColour: Bool

    package init(usesColour: Bool) { self.usesColour = usesColour }

    private enum Colour: Int { case red = 31, green = 32, yellow = 33, dim = 2, bold = 1 }

    private func paint(_ text: String, _ colour: Colour) -> String {
        usesColour ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    private static func colour(_ verdict: String) -> Colour {
        switch verdict {
        case Verdict.fail.rawValue: .red
        case Verdict.pass.rawValue: .green
        case Verdict.warning.rawValue, Verdict.couldNotTell.rawValue: .yellow
        default: .dim
        }
    }

    private static func word(_ verdict: String) -> String {
        switch verdict {
        case Verdict.notApplicable.rawValue: "n/a"
        case Verdict.couldNotTell.rawValue: "unclear"
        default: verdict
        }
    }

    /// One probe on one line.
    package func line(_ entry: AuditReport.Entry) -> String {
        let word = Self.word(entry.verdict)
        let mark = paint(word + String(repeating: " ", count: max(0, 7 - word.count)), Self.colour(entry.verdict))
        let id = entry.id + String(repeating: " ", count: max(0, 27 - entry.id.count))
        return "  \(mark)  \(id)  \(entry.summary.onOneLine)\n"
    }

    /// All of it: the probes by group, then what is wrong in full.
    package func text(_ report: AuditReport) -> String {
        var text = ""
        for group in Probe.Group.allCases {
            let entries = report.probes.filter { $0.group == group.rawValue }
            if entries.isEmpty { continue }
            text += "\n" + paint(group.rawValue, .bold) + "\n" + entries.map(line).joined()
        }
        let wrong = report.probes.filter { $0.verdict == Verdict.fail.rawValue }
        for entry in wrong { text += detail(entry) }
        return text + closing(report)
    }

    private func detail(_ entry: AuditReport.Entry) -> String {
        var text = "\n" + paint("\(entry.id): \(entry.summary.onOneLine)", .red) + "\n"
        text += "  \(entry.severity), \(entry.clauses.joined(separator: ", "))\n"
        if let why = entry.why { text += "  \(why)\n" }
        for proof in entry.evidence {
            text += "    \(proof.note.onOneLine)\n"
            guard let request = proof.request, let answer = proof.answer else { continue }
            let cookie = request.headers.first { $0.first?.lowercased() == "cookie" }?.last ?? ""
            let sent = "\(request.method) \(request.url)" + (cookie.isEmpty ? "" : "  Cookie: \(cookie)")
            text += paint("      \(sent.onOneLine) -> \(answer.status)", .dim) + "\n"
        }
        return text
    }

    private func closing(_ report: AuditReport) -> String {
        let counts = report.summary
        var text = "\n"
        for path in report.undecided {
            text += "not looked at: \(path), where signed-in and signed-out answers cannot be told apart\n"
        }
        let seconds = (report.seconds * 10).rounded() / 10
        return text + paint("Score \(report.score) of 100", .bold)
            + ": \(counts.fail) failed, \(counts.warning) to be looked at, \(counts.pass) passed, \(counts.couldNotTell) unclear, \(counts.notApplicable) not applicable; \(report.requests) requests in \(seconds) s\n"
    }
}

extension String {
    /// The text without what a terminal would obey, line ends included.
    var onOneLine: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: " "
                    default: scalar
                    }
                }))
    }
}
