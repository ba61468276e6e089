/// A request that a stranger brings about in the browser of somebody who is signed in.
struct Attack: Sendable {
    /// In which request it goes out, made of the genuine sign-out's.
    var forge: @Sendable (PreparedRequest, Device) -> WebRequest?
    /// What it is called in a sentence.
    var name: String

    /// Lets it happen and looks whether the session is over, in the browser that it happened in.
    ///
    /// A genuine sign-out must end the session there, or nothing is learnt.
    func finding(in auditor: Auditor, ended: String, stays: String, harm: Verdict = .fail) async throws -> Finding {
        if await auditor.finding(of: ReplayProbes.signOutWorks.id).map({ $0.verdict != .pass }) ?? false {
            return .couldNotTell("what the genuine sign-out does could not be told")
        }
        var device = try await auditor.borrow()
        let prepared = try await device.prepare(auditor.target.signOut)
        guard let request = forge(prepared, device) else {
            await auditor.giveBack(device)
            return .notApplicable("the sign-out's request has no such form")
        }
        let control = try await auditor.isSignedIn(device)
        guard control.judgement == .accepted else {
            return .couldNotTell("the session was not good before", [control.evidence(control.judgement.words)])
        }
        let sent = try await device.send(request)
        // An access token that a script keeps is not touched by what a stranger sends; cookies may be.
        let look = try await auditor.isSignedIn(device)
        let evidence = [
            control.evidence("before: accepted"), Evidence(name, sent),
            look.evidence("afterwards: \(look.judgement.words)"),
        ]
        switch look.judgement {
        case .accepted:
            await auditor.giveBack(device)
            return .pass(stays, evidence)
        case .refused: return Finding(harm, ended, evidence)
        case .unclear(let why): return .couldNotTell(why, evidence)
        }
    }

    /// The headers of a request without those that only the application's own page would send.
    static func bare(_ headers: HeaderFields) -> HeaderFields {
        var bare = HeaderFields()
        for name in ["Accept"] { bare[name] = headers[name] }
        return bare
    }
}
