/// What probes work with: signed-in devices, the rule that tells answers apart, and what was found so far.
package actor Auditor {
    package nonisolated let target: Target
    nonisolated let wire: Wire
    package nonisolated let redactor: Redactor
    nonisolated let surroundings: Surroundings
    package nonisolated let options: AuditOptions
    nonisolated let browsers: BrowserSupply

    /// The protected addresses whose answers can be told apart.
    private(set) var addresses: [ProtectedAddress] = []
    /// Paths where signed-in and signed-out answers are the same.
    package private(set) var undecided: [String] = []
    package private(set) var credentials: [Credential] = []
    /// The first device that signed in, as it was after its sign-in, with all that it recorded.
    private(set) var first: Device
    /// What the sign-in was answered.
    private(set) var firstSignIn: [Exchange] = []
    private var spare: Device?
    private var ordinary: SignOutEvent?
    private var journey: BrowserJourney?
    private var findings: [String: Finding] = [:]
    /// Values of credentials that were seen, by the credential's label.
    private(set) var samples: [String: [String]] = [:]

    package init(
        target: Target, transport: any Transport, surroundings: Surroundings, options: AuditOptions = AuditOptions(),
        browsers: BrowserSupply = .none("there is no browser")
    ) {
        self.target = target
        self.surroundings = surroundings
        self.options = options
        self.browsers = browsers
        redactor = Redactor()
        for (name, value) in target.secrets.sorted(by: { $0.key < $1.key }) {
            redactor.learn(value, as: name, evenIfShort: true)
        }
        wire = Wire(transport: transport, hosts: target.hosts, rate: target.rate, surroundings: surroundings)
        first = Device(target: target, wire: wire, redactor: redactor, surroundings: surroundings)
    }

    package nonisolated var requests: Int { wire.count }

    // MARK: Devices

    /// One that has never been to the target.
    nonisolated func freshDevice() -> Device {
        Device(target: target, wire: wire, redactor: redactor, surroundings: surroundings)
    }

    /// One that has just signed in.
    func signedInDevice(_ steps: [Step]? = nil, as password: String? = nil) async throws -> Device {
        var device = freshDevice()
        if let password { device.values["password"] = password }
        try await device.perform(steps ?? target.signIn)
        device.credentials = credentials
        let isComplete = credentials.allSatisfy { !$0.isCookie || device.jar.cookie(named: $0.name) != nil }
        // The names of cookies may differ from one sign-in to the next.
        if !isComplete { device.credentials = try await discover(on: device, at: addresses) }
        noteSamples(device)
        return device
    }

    /// A signed-in device that somebody gave back, if it still is, or else a new one.
    func borrow() async throws -> Device {
        if let device = spare {
            spare = nil
            if try await isSignedIn(device).judgement == .accepted { return device }
        }
        return try await signedInDevice()
    }

    /// Takes back a device that is still signed in.
    func giveBack(_ device: Device) { spare = device }

    private func noteSamples(_ device: Device) {
        for credential in device.credentials {
            if let value = credential.value(on: device) { samples[credential.label, default: []].append(value) }
        }
    }

    // MARK: Looking

    /// What a device gets at a protected address.
    struct Look: Sendable {
        var path: String
        var visit: [Exchange]
        var judgement: Judgement

        func evidence(_ note: String) -> Evidence { Evidence(note, visit.last) }
    }

    /// Visits a protected address with a copy of the device, so that what the answer sets is not kept.
    func look(_ device: Device, at address: ProtectedAddress) async throws -> Look {
        var device = device
        let visit = try await device.travel(try device.get(address.path), until: address.rule.isRefusal)
        return Look(path: address.path, visit: visit, judgement: address.rule.judge(visit))
    }

    /// What it gets at the first address.
    func isSignedIn(_ device: Device) async throws -> Look {
        guard let address = addresses.first else { throw CannotRun(reason: "no protected address is known") }
        return try await look(device, at: address)
    }

    /// What it gets at all of them, the first that accepts it last.
    func looks(_ device: Device) async throws -> [Look] {
        var looks: [Look] = []
        for address in addresses {
            let look = try await look(device, at: address)
            looks.append(look)
            if look.judgement == .accepted { break }
        }
        return looks
    }

    /// A clean client that presents nothing but these credentials of a device.
    nonisolated func thief(of device: Device, with credentials: [Credential]) -> Device {
        var thief = freshDevice()
        for credential in credentials {
            if credential.isCookie {
                for cookie in device.jar.cookies where cookie.name == credential.name { thief.jar.put(cookie) }
            } else {
                thief.values[credential.name] = device.values[credential.name]
            }
        }
        return thief
    }

    // MARK: What is known

    func finding(of id: String) -> Finding? { findings[id] }

    func failed(_ id: String) -> Bool { findings[id]?.verdict == .fail }

    func note(_ finding: Finding, of id: String) { findings[id] = finding }

    var hasSessionCookie: Bool { credentials.contains { $0.kind == .sessionCookie } }

    /// Whether a browser sends by itself what opens protected addresses.
    var isCookieBased: Bool {
        let openers = credentials.filter { $0.kind == .sessionCookie || $0.kind == .accessToken }
        return !openers.isEmpty && openers.allSatisfy { $0.isCookie || !$0.isSufficient }
            && openers.contains(where: \.isCookie)
    }

    /// The ordinary sign-out of one device, done once, with what it had before.
    func ordinarySignOut() async throws -> SignOutEvent {
        if let ordinary { return ordinary }
        let event = try await SignOutEvent.happen(in: self)
        ordinary = event
        return event
    }

    /// What is seen in a browser; throws why there is none.
    func browserJourney() throws(BrowserFailure) -> BrowserJourney {
        if let journey { return journey }
        guard case .none(let reason) = browsers else { throw .none("the browser's gate is not open") }
        throw .none(reason)
    }

    func makeBrowserJourney(gate: BrowserGate, source: any BrowserSource) {
        journey = BrowserJourney(
            target: target, addresses: addresses, gate: gate, source: source, clock: surroundings, redactor: redactor)
    }

    func setUp(
        addresses: [ProtectedAddress], undecided: [String], credentials: [Credential], first: Device,
        signIn: [Exchange]
    ) {
        (self.addresses, self.undecided, self.credentials) = (addresses, undecided, credentials)
        (self.first, firstSignIn) = (first, signIn)
        self.first.credentials = credentials
        noteSamples(self.first)
    }
}
