/// Whether signed tokens are checked as they must be.
enum SignedTokenProbes {
    static let all = [signature, none, swap, embedded, otherType, expiry]

    private static let absent = Finding.notApplicable("no credential is a JSON Web Token")

    /// The credential that is a signed token, on a device that is signed in.
    private static func find(_ auditor: Auditor) async throws -> (Device, Credential, SignedToken)? {
        let device = await auditor.first
        for credential in device.credentials where credential.opens {
            guard let value = credential.value(on: device), SignedToken(value) != nil else { continue }
            // Access tokens may be short-lived; the first one's may be over by now.
            let fresh = try await auditor.borrow()
            await auditor.giveBack(fresh)
            guard let value = credential.value(on: fresh), let token = SignedToken(value) else { continue }
            return (fresh, credential, token)
        }
        return nil
    }

    /// Presents tokens in the place of the genuine one; all must be refused.
    private static func present(
        _ forged: [String], as credential: Credential, of device: Device, _ auditor: Auditor, accepted: String
    ) async throws -> Finding {
        // Without what opens the same by itself, or makes another token where this one is refused.
        let bearer = auditor.thief(
            of: device, with: device.credentials.filter { $0.opens && !$0.isSufficient } + [credential])
        let control = try await auditor.isSignedIn(bearer)
        var evidence = [control.evidence("the genuine token: \(control.judgement.words)")]
        guard control.judgement == .accepted else {
            return .couldNotTell("the genuine token is not accepted", evidence)
        }
        var doubt: String?
        for token in forged {
            auditor.redactor.learn(token, as: "forged token")
            var thief = bearer
            thief.put(token, inPlaceOf: credential, of: device)
            let look = try await auditor.isSignedIn(thief)
            evidence.append(look.evidence("a forged one: \(look.judgement.words)"))
            if look.judgement == .accepted {
                return .fail(accepted, [evidence[0], look.evidence("the forged one: accepted")])
            }
            doubt = doubt ?? look.judgement.doubt
        }
        return doubt.map { .couldNotTell($0, evidence) } ?? .pass("it is refused", evidence)
    }

    private static func probe(
        _ id: String, _ title: String, clause: String, sends: String, follows: [String], accepted: String,
        forge: @escaping @Sendable (SignedToken, Auditor) async throws -> [String]?
    ) -> Probe {
        Probe(
            id, title, group: .tokens, clauses: [clause, "RFC 8725"], severity: .critical, sends: sends,
            follows: follows
        ) { auditor in
            guard let (device, credential, token) = try await find(auditor) else { return absent }
            guard let forged = try await forge(token, auditor) else {
                return .notApplicable(
                    "it takes the public key, which the target file does not name or the tokens do not have")
            }
            return try await present(forged, as: credential, of: device, auditor, accepted: accepted)
        }
    }

    static let signature = probe(
        "jwt-signature", "A token that nobody has signed is refused", clause: "ASVS 9.1.1",
        sends: "the token with another payload, without its signature, and with another one", follows: [],
        accepted: "a token whose signature does not fit is accepted"
    ) { token, _ in TokenForge.unsigned(token) }

    static let none = probe(
        "jwt-none", "A token that says it needs no signature is refused", clause: "ASVS 9.1.2",
        sends: "the token with `alg: none`", follows: ["jwt-signature"],
        accepted: "a token with `alg: none` is accepted"
    ) { token, _ in TokenForge.withoutAlgorithm(token) }

    static let swap = probe(
        "jwt-algorithm-swap", "A public key is not taken for a shared secret", clause: "ASVS 9.1.2",
        sends: "the token signed by HMAC with the public key", follows: ["jwt-signature"],
        accepted: "a token signed by HMAC with the public key is accepted"
    ) { token, auditor in
        guard let path = auditor.target.publicKey, !token.algorithm.hasPrefix("HS") else { return nil }
        var device = auditor.freshDevice()
        guard let answer = try await device.travel(try device.get(path)).last?.answer, answer.status == 200 else {
            return nil
        }
        return TokenForge.swapped(token, publicKey: answer.body)
    }

    static let embedded = probe(
        "jwt-embedded-key", "A key that the token itself carries is not trusted", clause: "ASVS 9.1.3",
        sends: "the token signed with a key of our own, which is in its header", follows: ["jwt-signature"],
        accepted: "a token signed with a key in its own header is accepted"
    ) { token, _ in TokenForge.withOwnKeys(token) }

    static let otherType = Probe(
        "jwt-other-type", "A token of another kind is no access token", group: .tokens,
        clauses: ["ASVS 9.2.2", "RFC 8725 3.11"],
        severity: .high, sends: "the refresh token, and a picked value `id`, as access tokens",
        follows: ["jwt-signature"]
    ) { auditor in
        guard let (device, credential, _) = try await find(auditor), credential.kind == .accessToken else {
            return absent
        }
        let refresh = device.credentials.first { $0.kind == .refreshToken }.flatMap { $0.value(on: device) }
        let others = [refresh, device.values["id"]].compactMap { $0 }.filter { SignedToken($0) != nil }
        guard !others.isEmpty else { return .notApplicable("no other credential is a JSON Web Token") }
        return try await present(
            others, as: credential, of: device, auditor,
            accepted: "a token of another kind opens what an access token does")
    }

    static let expiry = Probe(
        "jwt-expiry", "A signed token ends by itself, and soon", group: .tokens, clauses: ["ASVS 9.2.1"],
        severity: .medium,
        sends: "nothing more"
    ) { auditor in
        guard let (_, _, token) = try await find(auditor) else { return absent }
        guard let end = token.seconds("exp") else { return .fail("it has no `exp`, and never ends by itself") }
        let begin = token.seconds("iat") ?? Double(auditor.surroundings.now())
        let hours = Int((end - begin) / 3600)
        return hours >= 24
            ? .warning("it lasts \(hours) hours by itself")
            : .pass("it ends \(Int(end - begin)) seconds after it was made")
    }
}
