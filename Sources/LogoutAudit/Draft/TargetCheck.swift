/// Tries a target file once: whether it can be read, signs in and out, and tells signed in and out apart.
package struct TargetCheck: Sendable {
    /// Whether an audit can be done with it.
    package var works: Bool
    /// One line: that it works, or what does not.
    package var line: String
    /// Addresses at which nothing can be told apart.
    package var undecided: [String] = []

    package static func run(
        _ text: String, environment: [String: String], transport: any Transport, surroundings: Surroundings
    ) async -> TargetCheck {
        let target: Target
        do { target = try TargetFile.read(text, environment: environment) } catch {
            let faults = error.faults.map(\.description).joined(separator: "; ")
            return TargetCheck(works: false, line: "the file cannot be used yet: \(faults)")
        }
        let auditor = Auditor(target: target, transport: transport, surroundings: surroundings)
        do {
            return try await run(auditor)
        } catch let error as CannotRun {
            let reason = error.reason.split(whereSeparator: \.isNewline).joined(separator: "; ")
            return TargetCheck(works: false, line: auditor.redactor.redacted(reason))
        } catch let error as StepFailure {
            return TargetCheck(works: false, line: auditor.redactor.redacted("it signs in, and \(error)"))
        } catch {
            return TargetCheck(works: false, line: auditor.redactor.redacted("\(error)"))
        }
    }

    private static func run(_ auditor: Auditor) async throws -> TargetCheck {
        try await auditor.calibrate()
        let undecided = await auditor.undecided
        var device = try await auditor.borrow()
        guard try await auditor.isSignedIn(device).judgement == .accepted else {
            return TargetCheck(works: false, line: "it signs in, and the next request is refused", undecided: undecided)
        }
        try await device.perform(auditor.target.signOut)
        let after = try await auditor.isSignedIn(device).judgement
        let count = await auditor.addresses.count
        let addresses = "\(count) protected \(count == 1 ? "address" : "addresses")"
        guard after == .accepted else {
            let line = "it signs in and out, and tells signed in from signed out at \(addresses)"
            return TargetCheck(works: true, line: line, undecided: undecided)
        }
        // A token that lives on is what an audit is there to find; a browser that is still signed in is rarely meant.
        let isToken = auditor.target.access != nil
        return TargetCheck(
            works: isToken,
            line: isToken
                ? "it signs in and out, and the tokens are accepted after that: that is a finding, unless the sign-out is a wrong one"
                : "it signs in, and after the sign-out the same browser is still signed in: the sign-out is a wrong one, or the application's does nothing",
            undecided: undecided)
    }
}
