extension Auditor {
    /// Something that happens during a run.
    package enum Progress: Sendable {
        case began(Probe)
        case ended(Probe, Finding)
    }

    /// The probes that the options leave.
    package nonisolated func chosen(_ probes: [Probe]) -> [Probe] {
        probes.filter { probe in
            (options.only.isEmpty || options.only.contains(probe.id)) && !options.skip.contains(probe.id)
                && !(options.leavesBrowserOut && probe.group == .browser)
        }
    }

    /// Answers all probes, one after the other.
    package func run(
        _ probes: [Probe], progress: @Sendable (Progress) -> Void = { _ in }
    ) async throws -> [(probe: Probe, finding: Finding)] {
        try await calibrate()
        let probes = chosen(probes)
        guard case .source(let source) = browsers, probes.contains(where: { $0.group == .browser }) else {
            return try await answer(probes, progress)
        }
        let gate = try await BrowserGate.open(wire: wire, redactor: redactor, clock: surroundings)
        makeBrowserJourney(gate: gate, source: source)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await gate.serve() }
            defer { group.cancelAll() }
            do {
                let results = try await answer(probes, progress)
                await source.stop()
                return results
            } catch {
                await source.stop()
                throw error
            }
        }
    }

    private func answer(
        _ probes: [Probe], _ progress: @Sendable (Progress) -> Void
    ) async throws -> [(probe: Probe, finding: Finding)] {
        var results: [(Probe, Finding)] = []
        for probe in probes {
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
        } catch let failure as BrowserFailure {
            if case .none(let reason) = failure { return .notApplicable(reason) }
            return .couldNotTell(failure.description)
        }
    }
}
