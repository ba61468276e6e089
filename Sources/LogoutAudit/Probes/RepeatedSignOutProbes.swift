/// A sign-out that has nothing to end is answered all the same.
enum RepeatedSignOutProbes {
    static let all = [twice, withoutSession, withGarbage]

    private static func finding(_ exchange: Exchange, _ note: String) -> Finding {
        let status = exchange.answer.status
        let evidence = [Evidence("\(note): \(status)", exchange)]
        if status >= 500 { return .fail("\(note) is answered \(status)", evidence) }
        if status == 401 || status == 404 {
            return .warning("\(note) is answered \(status): one must be signed in to sign out", evidence)
        }
        return .pass("\(note) is answered \(status)", evidence)
    }

    static let twice = Probe(
        "logout-twice", "Signing out twice is no error", group: .route, clauses: ["ASVS 7.4.1", "OIDC RP-Initiated 4"],
        severity: .low, sends: "the sign-out's request once more after the sign-out"
    ) { auditor in
        let event = try await auditor.ordinarySignOut()
        var device = event.before
        return finding(
            try await device.send(event.prepared.request), "a second sign-out with what was signed out already")
    }

    static let withoutSession = Probe(
        "logout-without-session", "Signing out without a session is no error", group: .route, clauses: ["ASVS 7.4.1"],
        severity: .low, sends: "the sign-out's request from a client that has nothing"
    ) { auditor in
        let event = try await auditor.ordinarySignOut()
        var device = auditor.freshDevice()
        var request = event.prepared.request
        for header in auditor.target.headers { request.headers[header.name] = nil }
        // What the step says for everybody, such as the name of the client, is not the session's.
        for header in event.prepared.step.headers where header.value.names.isEmpty {
            request.headers[header.name] = event.prepared.headers[header.name]
        }
        return finding(try await device.send(request), "a sign-out from a client without a session")
    }

    /// The device with nonsense in the place of each of its credentials.
    private static func spoilt(_ device: Device, _ auditor: Auditor) -> Device {
        var spoilt = device
        for credential in device.credentials {
            spoilt.put("garbage" + auditor.surroundings.hex(25), inPlaceOf: credential, of: device)
        }
        return spoilt
    }

    static let withGarbage = Probe(
        "logout-with-garbage", "Signing out with nonsense is no server error", group: .route, clauses: ["ASVS 7.2.1"],
        severity: .low, sends: "the sign-out's request with nonsense in the place of each credential"
    ) { auditor in
        let event = try await auditor.ordinarySignOut()
        var device = spoilt(event.before, auditor)
        var request = event.prepared.request
        request.headers.set(device.standingHeaders)
        for header in event.prepared.step.headers {
            request.headers[header.name] = try? header.value.text(device.values)
        }
        let exchange = try await device.send(request)
        let evidence = [Evidence("a sign-out with nonsense: \(exchange.answer.status)", exchange)]
        return exchange.answer.status >= 500
            ? .fail("nonsense in the place of a credential is answered \(exchange.answer.status)", evidence)
            : .pass("it is answered \(exchange.answer.status)", evidence)
    }

    static let garbage = Probe(
        "garbage-credential", "Nonsense opens nothing", group: .tokens, clauses: ["ASVS 7.2.1"], severity: .critical,
        sends: "every protected address with nonsense in the place of each credential",
        follows: ["jwt-signature"]
    ) { auditor in
        let looks = try await auditor.looks(spoilt(auditor.first, auditor))
        let evidence = looks.map { $0.evidence("with nonsense in the place of the credentials: \($0.judgement.words)") }
        if let look = looks.last, look.judgement == .accepted {
            return .fail("\(look.path) is opened by nonsense", evidence)
        }
        if let look = looks.first(where: { ($0.visit.last?.answer.status ?? 0) >= 500 }) {
            return .warning("\(look.path) answers nonsense with a server error", evidence)
        }
        return Replay.finding(looks, evidence, accepted: "", refused: "it is refused everywhere")
    }
}
