/// What ends the sessions on other devices.
enum DeviceProbes {
    static let all = [everywhere, others, endDevice, passwordChange]

    private static let follows = ["garbage-credential", "sign-out-works", "tokens-differ"]

    /// Two devices of the user, each seen to be signed in.
    private static func pair(_ auditor: Auditor) async throws -> (here: Device, there: Device, evidence: [Evidence])? {
        let here = try await auditor.borrow()
        let there = try await auditor.signedInDevice(auditor.target.remember?.signIn)
        let look = try await auditor.isSignedIn(there)
        guard look.judgement == .accepted, try await auditor.isSignedIn(here).judgement == .accepted else { return nil }
        return (here, there, [look.evidence("the other device, before: accepted")])
    }

    private static let noPair = Finding.couldNotTell("two devices could not be signed in at the same time")

    /// Which credential of a device still opens something, each tried alone.
    private static func survivor(
        of device: Device, _ auditor: Auditor
    ) async throws -> (name: String?, doubt: String?, evidence: [Evidence]) {
        var evidence: [Evidence] = []
        var doubt: String?
        var tried = device.credentials.filter(\.opens)
        if let cookie = auditor.target.remember?.cookie, device.jar.cookie(named: cookie) != nil {
            tried.removeAll { $0.name == cookie }
            tried.append(Credential(kind: .rememberCookie, name: cookie, isCookie: true, isSufficient: true))
        }
        for credential in tried {
            let look = try await auditor.isSignedIn(auditor.thief(of: device, with: [credential]))
            evidence.append(look.evidence("the \(credential.label), afterwards: \(look.judgement.words)"))
            if look.judgement == .accepted { return (credential.label, nil, evidence) }
            doubt = doubt ?? look.judgement.doubt
        }
        let together = try await auditor.isSignedIn(auditor.thief(of: device, with: tried))
        if together.judgement == .accepted { return ("credentials together", nil, evidence) }
        if let refresh = auditor.target.refresh {
            var thief = await RefreshProbes.thief(of: device, in: auditor)
            if case .tokens(let exchange) = try await RefreshProbes.refresh(&thief, refresh) {
                return (
                    "refresh token", nil,
                    evidence + [Evidence("the refresh token, afterwards: hands out a token", exchange)]
                )
            }
        }
        return (nil, doubt, evidence)
    }

    static let everywhere = Probe(
        "everywhere", "Signing out everywhere ends every session", group: .devices,
        clauses: ["ASVS 7.4.1", "ASVS 7.5.2"],
        severity: .high, sends: "two sign-ins, the sign-out everywhere, and the credentials of both", follows: follows
    ) { auditor in
        guard let steps = auditor.target.everywhere else { return .notApplicable("the target file names none") }
        guard var (here, there, evidence) = try await pair(auditor) else { return noPair }
        let before = here
        evidence.append(Evidence("the sign-out everywhere", try await here.perform(steps).first))
        for (device, name) in [(there, "the other device"), (before, "this device")] {
            let left = try await survivor(of: device, auditor)
            if let survivor = left.name {
                return .fail("the \(survivor) of \(name) is accepted after it", evidence + left.evidence)
            }
            if let doubt = left.doubt { return .couldNotTell(doubt, evidence + left.evidence) }
            evidence += left.evidence
        }
        return .pass("it ended both devices' sessions", evidence)
    }

    /// The finding of something that should end the other device's session, and not this one's.
    private static func finding(
        _ auditor: Auditor, here: Device, there: Device, evidence: [Evidence], sparesThis: Bool
    ) async throws -> Finding {
        let left = try await survivor(of: there, auditor)
        let evidence = evidence + left.evidence
        if let survivor = left.name {
            return .fail("the \(survivor) of the other device is accepted after it", evidence)
        }
        if let doubt = left.doubt { return .couldNotTell(doubt, evidence) }
        let look = try await auditor.isSignedIn(here)
        if look.judgement == .accepted {
            await auditor.giveBack(here)
        } else if sparesThis {
            return .warning(
                "it ended the other session, and this one as well",
                evidence + [look.evidence("this device, afterwards: \(look.judgement.words)")])
        }
        return .pass("it ended the other session", evidence)
    }

    static let others = Probe(
        "others", "Ending the other sessions ends them, and not this one", group: .devices,
        clauses: ["ASVS 7.4.3", "ASVS 7.5.2"], severity: .high,
        sends: "two sign-ins, the ending of the other sessions, and the credentials of both", follows: follows
    ) { auditor in
        guard let steps = auditor.target.others else { return .notApplicable("the target file names none") }
        guard var (here, there, evidence) = try await pair(auditor) else { return noPair }
        evidence.append(Evidence("the ending of the others", try await here.perform(steps).first))
        return try await finding(auditor, here: here, there: there, evidence: evidence, sparesThis: true)
    }

    static let endDevice = Probe(
        "end-device", "Ending one device's session ends that one", group: .devices, clauses: ["ASVS 7.5.2"],
        severity: .high,
        sends: "two sign-ins, the ending of one of them by the other, and the credentials of both", follows: follows
    ) { auditor in
        guard let devices = auditor.target.devices else { return .notApplicable("the target file names none") }
        guard var (here, there, evidence) = try await pair(auditor) else { return noPair }
        var named = there
        try await named.perform(devices.identify)
        for pick in devices.identify.flatMap(\.picks) { here.values[pick.name] = named.values[pick.name] }
        evidence.append(Evidence("the ending of the device", try await here.perform(devices.end).first))
        return try await finding(auditor, here: here, there: there, evidence: evidence, sparesThis: true)
    }

    static let passwordChange = Probe(
        "password-change", "A new password ends the sessions on other devices", group: .devices,
        clauses: ["ASVS 7.4.3"],
        severity: .high,
        sends:
            "with --allow-password-change: two sign-ins, a change of the password, the other's credentials, and the change back",
        follows: follows
    ) { auditor in
        guard let change = auditor.target.passwordChange, let user = auditor.target.user else {
            return .notApplicable("the target file names none")
        }
        guard auditor.options.allowsPasswordChange else {
            return .notApplicable("it changes the password, and --allow-password-change was not given")
        }
        guard var (here, there, evidence) = try await pair(auditor) else { return noPair }
        here.values["new-password"] = change.newPassword
        evidence.append(Evidence("the change", try await here.perform(change.steps).first))
        let finding: Finding
        do {
            finding = try await DeviceProbes.finding(
                auditor, here: here, there: there, evidence: evidence, sparesThis: false)
        } catch {
            try await changeBack(change, user, auditor)
            throw error
        }
        try await changeBack(change, user, auditor)
        return finding
    }

    /// Changes the password back from a new session.
    private static func changeBack(
        _ change: Target.PasswordChange, _ user: Target.Account, _ auditor: Auditor
    ) async throws {
        var device = try await auditor.signedInDevice(as: change.newPassword)
        device.values["new-password"] = user.password
        try await device.perform(change.steps)
    }
}
