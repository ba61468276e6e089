/// What replay probes share.
enum Replay {
    /// Presents each credential alone after the ordinary sign-out, having seen that it was good just before.
    static func eachAlone(
        in auditor: Auditor, where isMeant: (Credential) -> Bool
    ) async throws -> Finding {
        let event = try await auditor.ordinarySignOut()
        var evidence: [Evidence] = []
        var doubts: [String] = []
        var judged = 0
        for credential in event.before.credentials.filter(isMeant) {
            guard let control = event.controls[credential.label], control.judgement == .accepted else { continue }
            judged += 1
            let looks = try await auditor.looks(auditor.thief(of: event.before, with: [credential]))
            let shown =
                [
                    control.evidence("\(credential.label) alone, just before the sign-out: accepted"),
                    Evidence("the sign-out", event.exchanges.first),
                ]
                + looks.map { $0.evidence("\(credential.label) alone, after it: \($0.judgement.words)") }
            if let look = looks.last, look.judgement == .accepted {
                return .fail("the \(credential.label) from before the sign-out still opens \(look.path)", shown)
            }
            evidence += shown
            doubts += looks.compactMap(\.judgement.doubt)
        }
        if let doubt = doubts.first { return .couldNotTell(doubt, evidence) }
        guard judged > 0 else {
            return .pass("no credential opens anything alone; see what they do together", evidence)
        }
        return try await lookAgain(
            event.before.credentials.filter(isMeant), after: event, in: auditor,
            was: .pass("it is refused at every protected address", evidence))
    }

    /// Presents what was refused once more a while later: a refusal may be one cache's or one server's, and not last.
    static func lookAgain(
        _ credentials: [Credential], after event: SignOutEvent, in auditor: Auditor, was finding: Finding
    ) async throws -> Finding {
        guard finding.verdict == .pass else { return finding }
        let clock = auditor.surroundings
        let moment = event.answered + min(auditor.target.patience, AuditLimits.secondLook)
        if clock.elapsed() < moment { try await clock.sleep(moment - clock.elapsed()) }
        for credential in credentials where event.controls[credential.label]?.judgement == .accepted {
            let look = try await auditor.isSignedIn(auditor.thief(of: event.before, with: [credential]))
            if look.judgement == .accepted {
                let time = DurationText.text(clock.elapsed() - event.answered)
                return .fail(
                    "the \(credential.label) was refused after the sign-out, and is accepted again \(time) after it",
                    finding.evidence + [look.evidence("\(time) after the sign-out: accepted")])
            }
        }
        return finding
    }

    /// The finding of looks that should all be refused; `%` stands for the address that was not.
    static func finding(_ looks: [Auditor.Look], _ evidence: [Evidence], accepted: String, refused: String) -> Finding {
        if let look = looks.last, look.judgement == .accepted {
            return .fail(accepted.replacing("%", with: look.path), evidence)
        }
        if let doubt = looks.lazy.compactMap(\.judgement.doubt).first { return .couldNotTell(doubt, evidence) }
        return .pass(refused, evidence)
    }
}

extension Judgement {
    var words: String {
        switch self {
        case .accepted: "accepted"
        case .refused: "refused"
        case .unclear(let why): "unclear (\(why))"
        }
    }

    /// Why it cannot be told.
    var doubt: String? { if case .unclear(let why) = self { why } else { nil } }
}
