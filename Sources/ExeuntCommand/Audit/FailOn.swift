internal import ArgumentParser
internal import LogoutAudit

/// From which finding on the command ends with 1.
enum FailOn: String, CaseIterable, ExpressibleByArgument {
    case critical, high, medium, low, warning, never

    /// Whether a probe's answer counts.
    func counts(_ entry: AuditReport.Entry) -> Bool {
        switch self {
        case .never: return false
        case .warning: return entry.verdict == Verdict.fail.rawValue || entry.verdict == Verdict.warning.rawValue
        case .critical, .high, .medium, .low:
            guard entry.verdict == Verdict.fail.rawValue, let severity = Severity(rawValue: entry.severity),
                let least = Severity(rawValue: rawValue)
            else { return false }
            return severity >= least
        }
    }
}
