extension Auditor {
    /// Signs in once, learns how refused requests look, and finds out what the credentials are.
    package func calibrate() async throws {
        var device = freshDevice()
        let signIn: [Exchange]
        do {
            signIn = try await device.perform(target.signIn)
        } catch let failure as StepFailure {
            throw CannotRun(reason: "signing in does not work: \(failure)", exchange: failure.exchange)
        } catch let failure as WireFailure {
            throw CannotRun(reason: "\(target.base.origin) cannot be reached: \(failure)")
        }
        var addresses: [ProtectedAddress] = []
        var undecided: [String] = []
        var complaints: [String] = []
        for protected in target.protected {
            let (address, complaint) = try await calibrate(protected, with: device)
            if let address { addresses.append(address) } else { undecided.append(protected.path) }
            if let complaint { complaints.append(complaint) }
        }
        guard !addresses.isEmpty else { throw CannotRun(reason: complaints.joined(separator: "\n")) }
        let credentials = try await discover(on: device, at: addresses)
        device.credentials = credentials
        setUp(addresses: addresses, undecided: undecided, credentials: credentials, first: device, signIn: signIn)
        giveBack(device)
    }

    /// Fetches an address twice signed in and twice signed out.
    private func calibrate(
        _ protected: Target.Protected, with device: Device
    ) async throws -> (ProtectedAddress?, complaint: String?) {
        var inside: [[Exchange]] = []
        var outside: [[Exchange]] = []
        for _ in 0..<2 {
            var device = device
            inside.append(try await device.travel(try device.get(protected.path)))
            var stranger = freshDevice()
            outside.append(try await stranger.travel(try stranger.get(protected.path)))
        }
        let rule = RefusalRule(
            signedIn: inside.compactMap(RefusalRule.Sample.init),
            signedOut: outside.compactMap(RefusalRule.Sample.init),
            stated: target.refusal, shows: protected.shows)
        let status = inside.first?.last?.answer.status ?? 0
        guard status < 400 else {
            return (
                nil,
                "\(protected.path) was answered \(status) to a signed-in client; is the path right, and does the sign-in work?"
            )
        }
        guard inside.allSatisfy({ rule.judge($0) == .accepted }), outside.allSatisfy({ rule.judge($0) == .refused })
        else {
            return (
                nil,
                "\(protected.path) answers signed-in and signed-out clients alike, as far as can be told; name a text that only the signed-in see (`shows:`), or how a refusal looks (`refused:`)"
            )
        }
        return (ProtectedAddress(path: protected.path, rule: rule, signedIn: inside.first ?? []), nil)
    }

    /// Finds out what opens protected addresses, by presenting each thing alone and by leaving each out.
    func discover(on device: Device, at addresses: [ProtectedAddress]) async throws -> [Credential] {
        var found: [Credential] = []
        for cookie in device.jar.cookies where !found.contains(where: { $0.isCookie && $0.name == cookie.name }) {
            var credential = Credential(kind: .sessionCookie, name: cookie.name, isCookie: true, isSufficient: false)
            if target.access == .cookie(cookie.name) { credential.kind = .accessToken }
            if target.refresh?.token == .cookie(cookie.name) { credential.kind = .refreshToken }
            if target.remember?.cookie == cookie.name { credential.kind = .rememberCookie }
            let places = addresses.filter { address in
                target.base.resolving(address.path).map { cookie.goes(to: $0) } ?? false
            }
            if !places.isEmpty, credential.kind != .rememberCookie {
                guard try await isCredential(&credential, of: device, at: places) else { continue }
            } else if credential.kind == .sessionCookie {
                continue
            }
            found.append(credential)
        }
        if case .value(let name)? = target.access, let main = addresses.first {
            var credential = Credential(kind: .accessToken, name: name, isCookie: false, isSufficient: false)
            credential.isSufficient =
                try await look(thief(of: device, with: [credential]), at: main).judgement == .accepted
            found.append(credential)
        }
        if case .value(let name)? = target.refresh?.token {
            found.append(Credential(kind: .refreshToken, name: name, isCookie: false, isSufficient: false))
        }
        return found
    }

    /// Whether a cookie opens an address, alone or with others; notes which of the two.
    ///
    /// One address may be opened by a cookie, and the next by a token.
    private func isCredential(
        _ credential: inout Credential, of device: Device, at places: [ProtectedAddress]
    ) async throws -> Bool {
        for place in places {
            credential.isSufficient =
                try await look(thief(of: device, with: [credential]), at: place).judgement == .accepted
            if credential.isSufficient { return true }
        }
        guard credential.kind == .sessionCookie else { return true }
        var without = device
        without.jar.removeAll { $0.name == credential.name }
        for place in places where try await look(without, at: place).judgement == .refused { return true }
        return false
    }
}
