extension Auditor {
    /// Something that happens during a run.
    package enum Progress: Sendable {
        case began(Probe)
        case ended(Probe, Finding)
    }

    /// The probes that the options leave.
    package nonisolated func chosen(_ probes: [Probe]) -> [Probe] {
        probes.filter { (options.only.isEmpty || options.only.contains($0.id)) && !options.skip.contains($0.id) }
    }

    /// Answers all probes, one after the other.
    package func run(
        _ probes: [Probe], progress: @Sendable (Progress) -> Void = { _ in }
    ) async throws -> [(probe: Probe, finding: Finding)] {
        try await calibrate()
        var results: [(Probe, Finding)] = []
        for probe in chosen(probes) {
            progress(.began(probe))
            let finding = try await answer(probe)
            note(finding, of: probe.id)
            results.append((probe, finding))
            progress(.ended(probe, finding))
        }
        return results
    }

    private func answer(_ probe: Probe) async throws -> Finding {
        if let simpler = probe.follows.first(where: { failed($0) }) {
            return .notApplicable("\(simpler) fails, and this would fail for the same reason")
        }
        do {
            var finding = try await probe.examine(self)
            finding.evidence = Array(finding.evidence.prefix(AuditLimits.evidencePerFinding))
            return finding
        } catch let failure as StepFailure {
            return .couldNotTell("\(failure)", [Evidence("what was answered", failure.exchange)])
        } catch let failure as WireFailure {
            return .couldNotTell(failure.description)
        }
    }
}
