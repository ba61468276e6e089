extension AuditReport {
    /// Writes down what an auditor has found.
    package init(
        _ results: [(probe: Probe, finding: Finding)], of auditor: Auditor, version: String, elapsed: Duration
    ) async {
        let redactor = auditor.redactor
        self.version = version
        target = auditor.target.base.origin
        requests = auditor.requests
        seconds = Double(DurationText.milliseconds(elapsed)) / 1000
        credentials = await auditor.credentials.map { Named(label: $0.label, kind: $0.kind.rawValue, name: $0.name) }
        undecided = await auditor.undecided
        var lost = 0
        summary = Summary()
        probes = []
        for (probe, finding) in results {
            summary.count(finding.verdict)
            if finding.verdict == .fail { lost += probe.severity.weight }
            if finding.verdict == .warning { lost += 1 }
            probes.append(Entry(probe, finding, redactor))
        }
        score = max(0, 100 - lost)
    }
}

extension AuditReport.Summary {
    fileprivate mutating func count(_ verdict: Verdict) {
        switch verdict {
        case .pass: pass += 1
        case .fail: fail += 1
        case .warning: warning += 1
        case .notApplicable: notApplicable += 1
        case .couldNotTell: couldNotTell += 1
        }
    }
}

extension AuditReport.Entry {
    fileprivate init(_ probe: Probe, _ finding: Finding, _ redactor: Redactor) {
        id = probe.id
        title = probe.title
        group = probe.group.rawValue
        clauses = probe.clauses
        severity = probe.severity.rawValue
        verdict = finding.verdict.rawValue
        summary = redactor.redacted(finding.summary)
        evidence = finding.evidence.map { AuditReport.Proof($0, redactor) }
        if finding.verdict == .fail || finding.verdict == .warning, let advice = Advice.about(probe.id) {
            why = advice.why
            fixes = advice.fixes
        }
    }
}

extension AuditReport.Proof {
    fileprivate init(_ evidence: Evidence, _ redactor: Redactor) {
        note = redactor.redacted(evidence.note)
        guard let exchange = evidence.exchange else { return }
        let sent = exchange.request
        request = AuditReport.Message(
            method: sent.method, url: redactor.redacted(sent.address.description),
            headers: Self.headers(sent.headers, redactor), body: sent.body.map { Self.excerpt($0, redactor) })
        answer = AuditReport.Answer(
            status: exchange.answer.status, headers: Self.headers(exchange.answer.headers, redactor),
            body: Self.excerpt(exchange.answer.body, redactor))
    }

    private static func headers(_ headers: HeaderFields, _ redactor: Redactor) -> [[String]] {
        headers.fields.map { [$0.name, redactor.redacted(header: $0.name, $0.value)] }
    }

    /// The beginning of a text; cut only when the secrets are out of it.
    private static func excerpt(_ text: String, _ redactor: Redactor) -> String {
        let text = redactor.redacted(text)
        let kept = text.prefix(AuditLimits.excerptCharacters)
        return kept.count < text.count ? kept + "…" : text
    }
}
