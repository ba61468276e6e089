internal import ArgumentParser
internal import Exeunt
internal import Foundation
internal import LogoutAudit

/// The command `exeunt audit run`, which is what `exeunt audit` does by itself.
struct AuditRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Audit the application that a target file describes.",
        discussion: """
            The exit status is 0 when nothing was found, 1 when something was (see --fail-on), 2 when the audit could \
            not be done: a target file that cannot be used, a sign-in that does not work, addresses at which \
            signed-in and signed-out answers cannot be told apart.
            """)

    @Argument(help: "The target file.", completion: .file(extensions: ["yaml", "yml"]))
    var target: String

    @Option(help: ArgumentHelp("Only this probe; can be given several times.", valueName: "probe"))
    var only: [String] = []

    @Option(help: ArgumentHelp("Not this probe; can be given several times.", valueName: "probe"))
    var skip: [String] = []

    @Flag(help: "Say what would be sent, and send nothing.")
    var dryRun = false

    @Flag(help: "Print the report as JSON.")
    var json = false

    @OptionGroup(title: "Further reports") var reports: AuditReportOptions

    @Option(help: "What makes the exit status 1: a failure of such a severity or worse, a warning, or nothing.")
    var failOn = FailOn.low

    @Option(help: ArgumentHelp("So many requests a second at most.", valueName: "count"))
    var rate: Int?

    @Option(help: ArgumentHelp("How long to watch what may live on: 500ms, 5s, 2m.", valueName: "time"))
    var patience: String?

    @OptionGroup var trust: AuditTrustOptions

    @Flag(help: "Change the user's password, and change it back.")
    var allowPasswordChange = false

    @Flag(help: "Wait for as long as the target file's timeouts say, to see whether sessions end.")
    var allowWaiting = false

    @OptionGroup(title: "The browser") var browser: AuditBrowserOptions

    func validate() throws {
        if let rate, !(1...1000).contains(rate) { throw ValidationError("--rate must be from 1 to 1000") }
        if let patience, DurationText.duration(patience) == nil {
            throw ValidationError("--patience is a time such as 500ms, 5s or 2m")
        }
        let known = ProbeCatalog.all.map(\.id)
        for id in only + skip where !known.contains(id) {
            throw ValidationError("there is no probe `\(id)`; `exeunt audit probes` lists them")
        }
    }

    func run() async throws {
        var target = try readTarget()
        if let rate { target.rate = rate }
        if let patience = patience.flatMap({ DurationText.duration($0) }) { target.patience = patience }
        var options = AuditOptions()
        options.only = Set(only)
        options.skip = Set(skip)
        options.allowsPasswordChange = allowPasswordChange
        options.allowsWaiting = allowWaiting
        options.leavesBrowserOut = browser.noBrowser
        let transport = try trust.transport()
        let auditor = Auditor(
            target: target, transport: transport, surroundings: AuditSurroundings.live, options: options,
            browsers: try browser.supply(trustingAnyCertificate: trust.ca != nil))
        if dryRun {
            return try Output.write(DryRun.text(target, probes: auditor.chosen(ProbeCatalog.all)))
        }
        let baseline = try reports.readBaseline()
        let report = try await audit(auditor)
        await transport.close()
        try reports.write(report, targetFile: self.target)
        try write(report)
        let counted = report.probes.filter { baseline?.knows($0) != true }
        if counted.contains(where: failOn.counts) { throw ExitStatus.notSo }
    }

    private func readTarget() throws -> Target {
        let text = try SmallFile.read(target)
        do {
            return try TargetFile.read(text, environment: ProcessInfo.processInfo.environment)
        } catch {
            let lines = error.faults.map { "\(target): \($0)" }
            throw CommandFailure(.couldNotTry, lines.joined(separator: "\n"))
        }
    }

    private func audit(_ auditor: Auditor) async throws -> AuditReport {
        let progress = AuditProgress(isShown: isatty(STDERR_FILENO) == 1, total: auditor.chosen(ProbeCatalog.all).count)
        let begin = AuditSurroundings.live.elapsed()
        do {
            let results = try await auditor.run(ProbeCatalog.all) { progress.show($0) }
            progress.clear()
            return await AuditReport(
                results, of: auditor, version: Program.current.version,
                elapsed: AuditSurroundings.live.elapsed() - begin)
        } catch let error as CannotRun {
            progress.clear()
            throw CommandFailure(.couldNotTry, auditor.redactor.redacted(error.reason))
        } catch let error as WireFailure {
            progress.clear()
            throw CommandFailure(.couldNotTry, error.description)
        }
    }

    private func write(_ report: AuditReport) throws {
        if json { return try Output.write(JSONReport.text(report)) }
        let usesColour = isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
        try Output.write(TerminalReport(usesColour: usesColour).text(report))
    }
}
