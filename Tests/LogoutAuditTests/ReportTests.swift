import Foundation
import Testing

@testable import LogoutAudit

@Suite struct ReportTests {
    private let report = AuditReport(
        version: "1", target: "https://app.example", summary: AuditReport.Summary(pass: 1, fail: 1), score: 60,
        requests: 2,
        seconds: 1, credentials: [], undecided: [],
        probes: [
            AuditReport.Entry(
                id: "session-cookie-replay", title: "A title", group: Probe.Group.replay.rawValue,
                clauses: ["ASVS 7.4.1"],
                severity: "critical", verdict: "fail", summary: "it <b>opens</b> | \"all\" &\u{1B}[31m",
                why: "because", fixes: ["Express": "use `destroy()` <now>"],
                evidence: [
                    AuditReport.Proof(
                        note: "after <it>",
                        request: AuditReport.Message(
                            method: "GET", url: "https://app.example/", headers: [["A", "<b>"]], body: nil),
                        answer: AuditReport.Answer(status: 200, headers: [], body: "</pre><script>alert(1)</script>"))
                ]),
            AuditReport.Entry(
                id: "logout-by-get", title: "Another", group: Probe.Group.route.rawValue, clauses: [],
                severity: "medium",
                verdict: "pass", summary: "fine", why: nil, fixes: nil, evidence: []),
        ])

    @Test func `a page cannot be taken over by what it shows`() {
        let page = HTMLReport.text(report)
        #expect(!page.contains("<script") && !page.contains("<b>opens") && !page.contains("after <it>"))
        #expect(page.contains("use <code>destroy()</code> &lt;now&gt;"))
        #expect(!page.contains("http-equiv") && !page.contains("src=") && !page.contains("@import"))
    }

    @Test func `a terminal obeys nothing that it shows`() {
        let text = TerminalReport(usesColour: false).text(report)
        #expect(!text.contains("\u{1B}") && text.contains("Score 60 of 100"))
    }

    @Test func `JUnit's XML is well formed and counts`() throws {
        let text = JUnitReport.text(report)
        #expect(text.contains("tests=\"2\" failures=\"1\"") && text.contains("<failure type=\"critical\""))
        #expect(!text.contains("\u{1B}") && !text.contains("<b>"))
        #expect(text.components(separatedBy: "<testcase").count == 3)
    }

    @Test func `SARIF has a rule for each probe and a result for each finding`() throws {
        let text = try SARIFReport.text(report, targetFile: "target.yaml")
        let json = try #require(JSONValue(text: text))
        #expect(json[pointer: "/version"]?.scalar == "2.1.0")
        #expect(json[pointer: "/runs/0/tool/driver/rules/1/id"]?.scalar == "logout-by-get")
        #expect(json[pointer: "/runs/0/results/0/ruleId"]?.scalar == "session-cookie-replay")
        #expect(json[pointer: "/runs/0/results/0/level"]?.scalar == "error")
        #expect(json[pointer: "/runs/0/results/1"] == nil)
        #expect(
            json[pointer: "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri"]?.scalar
                == "target.yaml")
    }

    @Test func `Markdown keeps each finding in its cell`() {
        let text = MarkdownReport.text(report)
        #expect(text.contains("&lt;b>opens&lt;/b> \\| \"all\""))
    }

    @Test func `a baseline knows what was found before, and nothing else`() throws {
        let baseline = try #require(Baseline(json: try JSONReport.text(report)))
        var entry = report.probes[0]
        #expect(baseline.knows(entry))
        entry.verdict = "warning"
        #expect(baseline.knows(entry))
        entry.id = "logout-by-get"
        #expect(!baseline.knows(entry))
        #expect(Baseline(json: "{}") == nil)
    }
}
