/// The answer of one probe.
package struct Finding: Hashable, Sendable {
    package var verdict: Verdict
    /// One sentence.
    package var summary: String
    package var evidence: [Evidence]

    package init(_ verdict: Verdict, _ summary: String, _ evidence: [Evidence] = []) {
        self.verdict = verdict
        self.summary = summary
        self.evidence = evidence
    }

    static func pass(_ summary: String, _ evidence: [Evidence] = []) -> Finding { Finding(.pass, summary, evidence) }
    static func fail(_ summary: String, _ evidence: [Evidence] = []) -> Finding { Finding(.fail, summary, evidence) }
    static func warning(_ summary: String, _ evidence: [Evidence] = []) -> Finding {
        Finding(.warning, summary, evidence)
    }
    static func notApplicable(_ summary: String) -> Finding { Finding(.notApplicable, summary) }
    static func couldNotTell(_ summary: String, _ evidence: [Evidence] = []) -> Finding {
        Finding(.couldNotTell, summary, evidence)
    }
}
