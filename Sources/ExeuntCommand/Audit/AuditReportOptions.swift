internal import ArgumentParser
internal import Foundation
internal import LogoutAudit

/// Files that an audit writes besides what it prints.
struct AuditReportOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write one page for people.", valueName: "file"))
    var html: String?

    @Option(help: ArgumentHelp("Write JUnit's XML, for CI servers.", valueName: "file"))
    var junit: String?

    @Option(help: ArgumentHelp("Write SARIF 2.1.0, for code scanners.", valueName: "file"))
    var sarif: String?

    @Option(help: ArgumentHelp("Write Markdown, for a pull request.", valueName: "file"))
    var markdown: String?

    @Option(help: ArgumentHelp("Let only count what an earlier report in JSON does not have.", valueName: "file"))
    var baseline: String?

    func readBaseline() throws -> Baseline? {
        guard let baseline else { return nil }
        guard let read = Baseline(json: try SmallFile.read(baseline)) else {
            throw CommandFailure(.couldNotTry, "\(baseline) is no report of `exeunt audit --json`")
        }
        return read
    }

    func write(_ report: AuditReport, targetFile: String) throws {
        if let html { try write(HTMLReport.text(report), to: html) }
        if let junit { try write(JUnitReport.text(report), to: junit) }
        if let sarif { try write(SARIFReport.text(report, targetFile: targetFile), to: sarif) }
        if let markdown { try write(MarkdownReport.text(report), to: markdown) }
    }

    private func write(_ text: String, to path: String) throws {
        do { try Data(text.utf8).write(to: URL(filePath: path)) } catch {
            throw CommandFailure(.couldNotTry, "cannot write \(path): \(error.localizedDescription)")
        }
    }
}
