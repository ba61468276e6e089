internal import ArgumentParser

/// The command `exeunt doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check the configuration, the store, the keys and the clock.",
        discussion: """
            Each line is a check: ok, warning or problem. The exit status is 1 when there is a problem. It can run \
            beside a server, and reads the whole database once.
            """)

    @OptionGroup var options: CommonOptions

    private struct Report: Encodable {
        var ok: Bool
        var checks: [Finding]
    }

    func run() async throws {
        let findings = await examine()
        let isWell = !findings.contains { $0.status == .problem }
        if options.json {
            try Output.json(Report(ok: isWell, checks: findings))
        } else {
            let width = findings.map(\.check.count).max() ?? 0
            for finding in findings {
                let status = finding.status.rawValue.padded(to: 7)
                try Output.write("\(status)  \(finding.check.padded(to: width))  \(finding.detail)\n")
            }
        }
        if !isWell { throw ExitStatus.notSo }
    }

    private func examine() async -> [Finding] {
        do {
            let (settings, folder, logger) = try await options.load()
            let doctor = Doctor(
                settings: settings, folder: folder, environment: SystemEnvironment.live, logger: logger)
            return await doctor.examine()
        } catch let error as InvalidConfiguration {
            return error.faults.map { .problem("configuration", $0.line) }
        } catch {
            return [.problem("configuration", "\(error)")]
        }
    }
}
