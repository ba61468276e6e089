/// What is seen with a clock.
enum TimeProbes {
    static let all = [timing, idle, absolute]

    static let timing = Probe(
        "session-timing", "Time does not tell an ended session from one that never was", group: .time,
        clauses: ["WSTG-SESS-01"], severity: .low,
        sends: "40 requests with an ended session and with none that ever was",
        follows: ["garbage-credential", "sign-out-works", "session-cookie-replay"]
    ) { auditor in
        let event = try await auditor.ordinarySignOut()
        guard let address = await auditor.addresses.first,
            let credential = event.before.credentials.first(where: { $0.kind == .sessionCookie && $0.isSufficient }),
            var cookie = event.before.jar.cookie(named: credential.name)
        else { return .notApplicable("no cookie alone opens a protected address") }
        let ended = auditor.thief(of: event.before, with: [credential])
        let length = cookie.value.count
        // Seen twice, so that a hiccup of the machine is not taken for a difference.
        var difference: TimeSamples.Difference?
        for _ in 0..<2 {
            var samples = TimeSamples()
            for _ in 0..<10 {
                cookie.value = auditor.surroundings.hex(length)
                var stranger = auditor.freshDevice()
                stranger.jar.put(cookie)
                samples.left.append(try await time(ended, address.path))
                samples.right.append(try await time(stranger, address.path))
            }
            guard let found = samples.difference else { return .pass("ended and unknown sessions take the same time") }
            if let difference, difference.isSlower != found.isSlower {
                return .pass("ended and unknown sessions take the same time, as far as this machine can tell")
            }
            difference = found
        }
        guard let difference else { return .pass("ended and unknown sessions take the same time") }
        return .warning(
            "an ended session is refused \(difference.isSlower ? "later" : "sooner") than one that never was, by \(DurationText.text(difference.amount)) in the middle of 10, twice"
        )
    }

    private static func time(_ device: Device, _ path: String) async throws -> Duration {
        var device = device
        return try await device.send(try device.get(path)).elapsed
    }

    private static func notMeasured(_ auditor: Auditor, _ promised: Duration?) -> Finding? {
        if promised == nil { return .notApplicable("the target file promises none") }
        return auditor.options.allowsWaiting ? nil : .notApplicable("it takes time, and --allow-waiting was not given")
    }

    /// A second, or a fiftieth of what was promised.
    private static func margin(_ promised: Duration) -> Duration { max(.seconds(1), promised / 50) }

    static let idle = Probe(
        "idle-timeout", "A session that is not used ends when it is said to", group: .time,
        clauses: ["ASVS 7.3.1", "WSTG-SESS-07"],
        severity: .medium, sends: "with --allow-waiting: a sign-in, nothing for as long as promised, and one request"
    ) { auditor in
        let promised = auditor.target.timeouts.idle
        if let finding = notMeasured(auditor, promised) { return finding }
        guard let promised else { return .notApplicable("the target file promises none") }
        let device = try await auditor.signedInDevice()
        let control = try await auditor.isSignedIn(device)
        try await auditor.surroundings.sleep(promised + margin(promised))
        let look = try await auditor.isSignedIn(device)
        let evidence = [
            control.evidence("at the beginning: \(control.judgement.words)"),
            look.evidence("after \(DurationText.text(promised)) without a request: \(look.judgement.words)"),
        ]
        return Replay.finding(
            [look], evidence, accepted: "it is not over after \(DurationText.text(promised))",
            refused: "it is over in time")
    }

    static let absolute = Probe(
        "absolute-timeout", "A session ends when it is said to, however much it is used", group: .time,
        clauses: ["ASVS 7.3.2", "NIST 800-63B 5.2"], severity: .medium,
        sends: "with --allow-waiting: a sign-in, and requests until its promised end is past"
    ) { auditor in
        let promised = auditor.target.timeouts.absolute
        if let finding = notMeasured(auditor, promised) { return finding }
        guard let promised else { return .notApplicable("the target file promises none") }
        let clock = auditor.surroundings
        let device = try await auditor.signedInDevice()
        let end = clock.elapsed() + promised + margin(promised)
        let step = min(auditor.target.timeouts.idle.map { $0 / 3 } ?? promised / 10, promised / 10)
        var using = device
        guard let address = await auditor.addresses.first else { return .couldNotTell("no protected address is known") }
        var last = try await auditor.look(using, at: address)
        while clock.elapsed() < end {
            try await clock.sleep(min(step, max(.milliseconds(10), end - clock.elapsed())))
            _ = try await using.travel(try using.get(address.path), until: address.rule.isRefusal)
            last = try await auditor.look(using, at: address)
        }
        return Replay.finding(
            [last], [last.evidence("after \(DurationText.text(promised)) of use: \(last.judgement.words)")],
            accepted: "it goes on after \(DurationText.text(promised))", refused: "it is over in time")
    }
}
