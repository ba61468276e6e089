import Exeunt
import Settlement
import Testing

@Suite struct DeliveryVerdictTests {
    private func verdict(
        _ status: Int, from kind: Receiver.Kind, _ headers: [String: String] = [:], body: String = ""
    ) -> DeliveryVerdict {
        DeliveryVerdict(
            OutgoingAnswer(status: status, headers: headers, body: Array(body.utf8)), from: kind,
            at: OutboxValues.start)
    }

    @Test func `what each kind prescribes is taken, and nothing else`() {
        for status in 200...299 {
            #expect((verdict(status, from: .backChannelLogout) == .taken) == [200, 204].contains(status))
            #expect((verdict(status, from: .eventPush) == .taken) == (status == 202))
            #expect(verdict(status, from: .webhook) == .taken)
        }
    }

    @Test(arguments: [400, 406, 409, 413, 414, 422, 431], Receiver.Kind.allCases)
    func `an event that a receiver does not want is given up`(status: Int, kind: Receiver.Kind) {
        #expect(verdict(status, from: kind) == .refused("answered \(status)"))
    }

    @Test(arguments: [401, 403, 404, 408, 429, 500, 502, 503, 504, 301, 302, 307, 308], Receiver.Kind.allCases)
    func `a receiver that is not as it should be is asked again`(status: Int, kind: Receiver.Kind) {
        #expect(verdict(status, from: kind) == .trouble("answered \(status)"))
    }

    @Test func `a webhook that is gone is gone, and others may come back`() {
        #expect(verdict(410, from: .webhook) == .gone("answered 410"))
        #expect(verdict(410, from: .backChannelLogout) == .trouble("answered 410"))
        #expect(verdict(410, from: .eventPush) == .trouble("answered 410"))
    }

    @Test(arguments: [OutgoingFailure.refused("no"), .unreachable("no"), .unusable("no")])
    func `no answer means to ask again`(failure: OutgoingFailure) {
        guard case .trouble(let why, nil) = DeliveryVerdict(failure) else { return #expect(Bool(false)) }
        #expect(why.hasSuffix("no"))
    }

    @Test func `a push's reason is told, and one that is about us and not about the event is no refusal`() {
        let bad = #"{"err":"invalid_request","description":"no such subject"}"#
        #expect(
            verdict(400, from: .eventPush, body: bad) == .refused("answered 400 (invalid_request: no such subject)"))
        for err in ["authentication_failed", "access_denied", "invalid_key"] {
            let body = "{\"err\":\"\(err)\"}"
            #expect(verdict(400, from: .eventPush, body: body) == .trouble("answered 400 (\(err))"))
        }
        #expect(verdict(400, from: .eventPush, body: "<p>Bad") == .refused("answered 400"))
    }

    @Test func `a receiver's words are short and have nothing that a terminal obeys`() {
        let body = "{\"err\":\"invalid_request\",\"description\":\"\\u001b[31m\(String(repeating: "x", count: 9999))\"}"
        guard case .refused(let why) = verdict(400, from: .eventPush, body: body) else { return #expect(Bool(false)) }
        #expect(why.utf8.count <= Limits.failureBytes && !why.contains("\u{1B}"))
    }

    @Test(arguments: [
        ("120", Duration.seconds(120)), ("0", .zero), ("99999999", Limits.longestRetryAfter),
        ("Fri, 15 Jan 2027 08:10:00 GMT", .seconds(600)), ("Fri, 15 Jan 2027 07:00:00 GMT", .zero),
        ("Fri, 15 Jan 2038 08:10:00 GMT", Limits.longestRetryAfter),
    ])
    func `a wish to be left alone is heeded, up to an hour`(text: String, expected: Duration) {
        for status in [429, 503] {
            #expect(
                verdict(status, from: .webhook, ["retry-after": text])
                    == .trouble("answered \(status)", retryAfter: expected))
        }
    }

    @Test(arguments: ["soon", "-1", "1.5", ""])
    func `a wish that is none is passed over`(text: String) {
        #expect(verdict(503, from: .webhook, ["retry-after": text]) == .trouble("answered 503"))
    }

    @Test func `the pause after a failure doubles, by chance, and never passes its cap`() {
        for failures in 1...100 {
            let most = Backoff.pause(after: failures, chance: 1)
            let expected =
                failures > 10 ? Limits.longestBackoff : min(.seconds(1 << (failures - 1)), Limits.longestBackoff)
            #expect(most == expected)
            #expect(Backoff.pause(after: failures, chance: 0) == Limits.shortestBackoff)
            #expect(Backoff.pause(after: failures, chance: 0.5) == max(Limits.shortestBackoff, expected / 2))
        }
    }
}
