internal import Exeunt
internal import LogoutAudit

/// The clock and the random generator of this machine, for the auditor.
enum AuditSurroundings {
    static let live: Surroundings = {
        let start = ContinuousClock.now
        return Surroundings(
            elapsed: { ContinuousClock.now - start }, now: { SystemEnvironment.live.now().milliseconds / 1000 },
            sleep: { try await Task.sleep(for: $0) }, randomBytes: SystemEnvironment.live.randomBytes,
            run: UserProgram.run)
    }()
}
