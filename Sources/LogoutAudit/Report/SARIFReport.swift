internal import Foundation

/// The report for code scanners (SARIF 2.1.0).
package enum SARIFReport {
    private struct Log: Encodable {
        var version = "2.1.0"
        var schema = "https://json.schemastore.org/sarif-2.1.0.json"
        var runs: [Run]

        enum CodingKeys: String, CodingKey {
            case version, runs
            case schema = "$schema"
        }
    }

    private struct Run: Encodable {
        var tool: Tool
        var results: [Result]
    }

    private struct Tool: Encodable { var driver: Driver }

    private struct Driver: Encodable {
        var name = "exeunt audit"
        var version: String
        var rules: [Rule]
    }

    private struct Text: Encodable { var text: String }

    private struct Rule: Encodable {
        var id: String
        var shortDescription: Text
        var help: Text
        var properties: Properties
    }

    private struct Properties: Encodable {
        var tags: [String]
        var securitySeverity: String

        enum CodingKeys: String, CodingKey {
            case tags
            case securitySeverity = "security-severity"
        }
    }

    private struct Result: Encodable {
        var ruleId: String
        var ruleIndex: Int
        var level: String
        var message: Text
        var locations: [Location]
        var partialFingerprints: [String: String]
    }

    private struct Location: Encodable { var physicalLocation: Physical }
    private struct Physical: Encodable { var artifactLocation: Artifact }
    private struct Artifact: Encodable { var uri: String }

    /// The findings, with the target file as the place of each: there is no source to point at.
    package static func text(_ report: AuditReport, targetFile: String) throws -> String {
        // It is a reference (§3.4.3), and files have names with blanks and umlauts.
        let place = targetFile.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? targetFile
        let rules = report.probes.map { entry in
            Rule(
                id: entry.id, shortDescription: Text(text: entry.title), help: Text(text: entry.why ?? entry.title),
                properties: Properties(tags: ["security"] + entry.clauses, securitySeverity: severity(entry.severity)))
        }
        let results = report.probes.enumerated().compactMap { index, entry -> Result? in
            let isFailure = entry.verdict == Verdict.fail.rawValue
            guard isFailure || entry.verdict == Verdict.warning.rawValue else { return nil }
            let isSevere = entry.severity == Severity.critical.rawValue || entry.severity == Severity.high.rawValue
            return Result(
                ruleId: entry.id, ruleIndex: index, level: !isFailure ? "note" : isSevere ? "error" : "warning",
                message: Text(text: entry.summary),
                locations: [Location(physicalLocation: Physical(artifactLocation: Artifact(uri: place)))],
                partialFingerprints: ["probeAndTarget/v1": "\(entry.id) \(report.target)"])
        }
        let log = Log(runs: [Run(tool: Tool(driver: Driver(version: report.version, rules: rules)), results: results)])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return String(decoding: try encoder.encode(log), as: UTF8.self) + "\n"
    }

    /// On the scale from 0 to 10 that scanners sort by.
    private static func severity(_ name: String) -> String {
        switch Severity(rawValue: name) {
        case .critical: "9.5"
        case .high: "8.0"
        case .medium: "5.5"
        case .low, nil: "3.0"
        }
    }
}
