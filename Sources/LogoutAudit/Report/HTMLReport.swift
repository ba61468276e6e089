/// The report as one page that needs nothing else: no script, no font, no picture from elsewhere.
package enum HTMLReport {
    package static func text(_ report: AuditReport) -> String {
        let title = "What signing out of \(XMLText.escaped(report.target)) does"
        var text = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title)</title>
            <style>\(style)</style>
            </head>
            <body>
            <header>
            <h1>\(title)</h1>
            <p class="score"><strong>\(report.score)</strong> of 100</p>
            \(counts(report.summary))
            <p class="small">\(report.requests) requests in \(report.seconds) seconds, by exeunt audit \(XMLText.escaped(report.version)).</p>
            </header>
            <main>

            """
        for path in report.undecided {
            text +=
                "<p>Not looked at: \(XMLText.escaped(path)), where signed-in and signed-out answers cannot be told apart.</p>\n"
        }
        for group in Probe.Group.allCases {
            let entries = report.probes.filter { $0.group == group.rawValue }
            if entries.isEmpty { continue }
            text +=
                "<section><h2>\(XMLText.escaped(group.rawValue))</h2>\n" + entries.map(entry).joined() + "</section>\n"
        }
        return text + "</main>\n</body>\n</html>\n"
    }

    private static func counts(_ summary: AuditReport.Summary) -> String {
        let counts = [
            ("fail", summary.fail, "failed"), ("warning", summary.warning, "to be looked at"),
            ("pass", summary.pass, "passed"),
            ("could-not-tell", summary.couldNotTell, "unclear"),
            ("not-applicable", summary.notApplicable, "not applicable"),
        ]
        return "<ul class=\"counts\">"
            + counts.map { "<li><span class=\"mark \($0.0)\">\($0.1)</span> \($0.2)</li>" }.joined() + "</ul>"
    }

    private static func entry(_ entry: AuditReport.Entry) -> String {
        let isOpen = entry.verdict == Verdict.fail.rawValue
        var text =
            "<details id=\"\(entry.id)\"\(isOpen ? " open" : "")>\n<summary><span class=\"mark \(entry.verdict)\">"
        text += "\(word(entry.verdict))</span> <span class=\"title\">\(XMLText.escaped(entry.title))</span> "
        text += "<span class=\"small\">\(XMLText.escaped(entry.summary))</span></summary>\n"
        text +=
            "<p class=\"small\"><code>\(entry.id)</code>, \(entry.severity): \(XMLText.escaped(entry.clauses.joined(separator: ", ")))</p>\n"
        if let why = entry.why { text += "<p>\(XMLText.escaped(why))</p>\n" }
        if let fixes = entry.fixes, !fixes.isEmpty {
            text += "<details><summary>How to mend it</summary><dl>\n"
            for (framework, fix) in fixes.sorted(by: { $0.key < $1.key }) {
                text += "<dt>\(XMLText.escaped(framework))</dt><dd>\(code(fix))</dd>\n"
            }
            text += "</dl></details>\n"
        }
        if !entry.evidence.isEmpty {
            text +=
                "<details><summary>What was seen</summary><ol>\n" + entry.evidence.map(proof).joined()
                + "</ol></details>\n"
        }
        return text + "</details>\n"
    }

    private static func word(_ verdict: String) -> String {
        switch Verdict(rawValue: verdict) {
        case .notApplicable: "n/a"
        case .couldNotTell: "unclear"
        default: verdict
        }
    }

    /// The text with what stands between back quotes as code.
    private static func code(_ text: String) -> String {
        let parts = XMLText.escaped(text).split(separator: "`", omittingEmptySubsequences: false)
        return parts.enumerated().map { $0.offset % 2 == 1 ? "<code>\($0.element)</code>" : String($0.element) }
            .joined()
    }

    private static func proof(_ proof: AuditReport.Proof) -> String {
        var text = "<li>\(XMLText.escaped(proof.note))"
        if let request = proof.request, let answer = proof.answer {
            var lines = ["\(request.method) \(request.url)"]
            lines += request.headers.map { $0.joined(separator: ": ") }
            if let body = request.body, !body.isEmpty { lines += ["", body] }
            lines += ["", "-> \(answer.status)"] + answer.headers.map { $0.joined(separator: ": ") }
            if !answer.body.isEmpty { lines += ["", answer.body] }
            text += "<pre>\(XMLText.escaped(lines.joined(separator: "\n")))</pre>"
        }
        return text + "</li>\n"
    }

    private static let style = """
        :root { font: 16px/1.5 system-ui, sans-serif; --line: #8885; }
        body { max-width: 62rem; margin: 0 auto; padding: 1.5rem; }
        h1 { font-size: 1.5rem; margin: 0; }
        h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
        .score { font-size: 1.25rem; margin: .5rem 0; }
        .score strong { font-size: 2.5rem; }
        .counts { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; margin: .5rem 0; }
        .small { font-size: .875rem; opacity: .8; }
        .mark { display: inline-block; min-width: 4.2rem; text-align: center; border-radius: .25rem; padding: 0 .4rem;
          font-weight: 600; font-size: .875rem; border: 1px solid var(--line); }
        .mark.fail { background: #b3261e; color: #fff; }
        .mark.warning, .mark.could-not-tell { background: #8a5a00; color: #fff; }
        .mark.pass { background: #1e6b36; color: #fff; }
        section > details { border-top: 1px solid var(--line); padding: .4rem 0; }
        summary { cursor: pointer; }
        .title { font-weight: 600; }
        details details { margin: .5rem 0 .5rem 1rem; }
        pre { overflow-x: auto; border: 1px solid var(--line); padding: .75rem; font-size: .8125rem; white-space: pre-wrap;
          overflow-wrap: anywhere; }
        dt { font-weight: 600; margin-top: .5rem; }
        dd { margin: 0 0 0 1rem; }
        @media print { details { break-inside: avoid; } }
        """
}
