import Testing

@testable import LogoutAudit

@Suite struct AuditTests {
    private func audit(
        _ app: SmallApp, _ surroundings: Surroundings
    ) async throws -> AuditReport {
        let target = try TargetFile.read(SmallApp.targetFile, environment: ["AUDIT_PASSWORD": SmallApp.password])
        let auditor = Auditor(target: target, transport: app, surroundings: surroundings)
        let results = try await auditor.run(ProbeCatalog.all)
        return await AuditReport(results, of: auditor, version: "test", elapsed: .seconds(1))
    }

    private func found(_ fault: SmallApp.Fault?) async throws -> [String] {
        let surroundings = Surroundings.test()
        let app =
            if let fault { SmallApp(fault, randomBytes: surroundings.randomBytes) } else {
                SmallApp(randomBytes: surroundings.randomBytes)
            }
        let report = try await audit(app, surroundings)
        #expect(report.requests < 500)
        #expect(
            !report.probes.contains { $0.verdict == "could-not-tell" },
            "\(report.probes.filter { $0.verdict == "could-not-tell" })")
        return report.probes.filter { $0.verdict == "fail" || $0.verdict == "warning" }.map(\.id)
    }

    @Test func `an application that does it right comes out clean`() async throws {
        #expect(try await found(nil) == [])
    }

    @Test(arguments: [
        (SmallApp.Fault.onlyTheCookieGoes, "session-cookie-replay"), (.nothingHappens, "sign-out-works"),
        (.getSignsOut, "logout-by-get"), (.deletesAtAnotherPath, "cookie-deletion"),
        (.keepsThePage, "cache-control"), (.adoptsTheCookie, "session-fixation"),
        (.leadsAnywhere, "open-redirect-sign-in"),
        (.showsTheCookie, "token-in-answer"), (.talksOfItself, "error-detail"), (.countsTokens, "token-strength"),
        (.noOriginCheck, "sibling-site-post"), (.noSessionEnds, "session-cookie-replay"),
    ])
    func `a fault is found by its probe and by no other`(fault: SmallApp.Fault, probe: String) async throws {
        #expect(try await found(fault) == [probe])
    }

    @Test func `no host is contacted but those of the target file`() async throws {
        let surroundings = Surroundings.test()
        let app = SmallApp(.redirectsAway, .leadsAnywhere, randomBytes: surroundings.randomBytes)
        _ = try await audit(app, surroundings)
        #expect(app.hosts == ["app.example"])
    }

    @Test func `the wire sends nothing to another host or another port`() async throws {
        let surroundings = Surroundings.test()
        let app = SmallApp(randomBytes: surroundings.randomBytes)
        let wire = Wire(transport: app, hosts: ["app.example:443"], rate: 10, surroundings: surroundings)
        for text in ["https://elsewhere.example/", "https://app.example:444/", "http://app.example/"] {
            let request = WebRequest("GET", try #require(WebAddress(text)))
            await #expect(throws: WireFailure.self) { try await wire.send(request) }
            await #expect(throws: WireFailure.self) { try await wire.listen(request) { _ in } }
            await #expect(throws: WireFailure.self) {
                try await wire.converse(request, say: AsyncStream { $0.finish() }) { _ in }
            }
        }
        #expect(app.hosts.isEmpty && wire.count == 0)
    }

    @Test func `the pace is that of the target file`() async throws {
        let surroundings = Surroundings.test()
        let app = SmallApp(randomBytes: surroundings.randomBytes)
        let wire = Wire(transport: app, hosts: ["app.example:443"], rate: 10, surroundings: surroundings)
        let request = WebRequest("GET", try #require(WebAddress("https://app.example/")))
        for _ in 0..<11 { _ = try await wire.send(request) }
        #expect(surroundings.elapsed() == .seconds(1))
    }

    @Test func `no secret is in any report`() async throws {
        let surroundings = Surroundings.test()
        let app = SmallApp(.onlyTheCookieGoes, .showsTheCookie, randomBytes: surroundings.randomBytes)
        let target = try TargetFile.read(SmallApp.targetFile, environment: ["AUDIT_PASSWORD": SmallApp.password])
        let auditor = Auditor(target: target, transport: app, surroundings: surroundings)
        let results = try await auditor.run(ProbeCatalog.all)
        let report = await AuditReport(results, of: auditor, version: "test", elapsed: .seconds(1))
        let tokens = await auditor.samples.values.flatMap { $0 }
        #expect(tokens.count >= 5)
        let texts = [
            try JSONReport.text(report), TerminalReport(usesColour: false).text(report), HTMLReport.text(report),
            JUnitReport.text(report), try SARIFReport.text(report, targetFile: "target.yaml"),
            MarkdownReport.text(report),
        ]
        for text in texts {
            #expect(!text.contains(SmallApp.password))
            for token in tokens { #expect(!text.contains(token)) }
        }
        #expect(texts[0].contains("‹cookie __Host-sid #"))
    }

    @Test func `an audit that cannot be done says why`() async throws {
        let surroundings = Surroundings.test()
        let app = SmallApp(randomBytes: surroundings.randomBytes)
        let target = try TargetFile.read(SmallApp.targetFile, environment: ["AUDIT_PASSWORD": "not the password"])
        let auditor = Auditor(target: target, transport: app, surroundings: surroundings)
        let failure = await #expect(throws: CannotRun.self) { try await auditor.run(ProbeCatalog.all) }
        #expect(failure?.reason.contains("/account") == true)
    }

    @Test func `every probe has its own id, and every finding its advice`() throws {
        let ids = ProbeCatalog.all.map(\.id)
        #expect(Set(ids).count == ids.count && ids.count >= 40)
        for id in ids {
            let advice = try #require(Advice.about(id), "\(id)")
            #expect(advice.fixes.count == AdviceTable.frameworks.count)
        }
        for probe in ProbeCatalog.all {
            for simpler in probe.follows {
                let index = try #require(ids.firstIndex(of: simpler), "\(probe.id) follows \(simpler)")
                let own = try #require(ids.firstIndex(of: probe.id))
                #expect(index < own, "\(probe.id) is answered before \(simpler)")
            }
        }
    }
}
