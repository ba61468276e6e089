import Exeunt
import Settlement
import Testing

@Suite struct SignInTests {
    private static let password = "correct horse battery"

    private func signIn(_ test: TestAuthority) async throws -> SignIn {
        let signIn = SignIn(
            authority: test.authority,
            hasher: PasswordHasher(log2N: 4, concurrency: 2, environment: test.authority.environment),
            throttle: SignInThrottle(), stepUp: .seconds(600))
        try await signIn.createAccount(
            subject: try #require(Subject("ada")), email: "Ada@Example.test", password: Self.password)
        return signIn
    }

    private func open(
        _ signIn: SignIn, email: String = "ada@example.test", password: String = password,
        address: String = "192.0.2.1",
        replacing: SessionHandle? = nil
    ) async throws -> OpenedSession {
        try await signIn.signIn(
            email: email, password: password, remember: false, device: Device(), replacing: replacing,
            by: Provenance(actor: .unknown, address: address))
    }

    @Test func `each sign-in is a new session, and the browser's old one ends`() async throws {
        let test = try await TestAuthority()
        let signIn = try await signIn(test)
        let first = try await open(signIn)
        let second = try await open(signIn, replacing: first.handle)
        #expect(first.handle.revealed != second.handle.revealed)
        #expect(try await test.isLive(first) == false)
        #expect(try await test.isLive(second))
    }

    @Test(arguments: [("ada@example.test", "wrong"), ("nobody@example.test", password), ("", "")])
    func `wrong and unknown are refused alike`(email: String, password: String) async throws {
        let test = try await TestAuthority()
        let signIn = try await signIn(test)
        await #expect(throws: AuthorityError.invalidCredential) {
            try await open(signIn, email: email, password: password)
        }
    }

    @Test func `guessing at one account from many addresses is slowed down, known account or not`() async throws {
        let test = try await TestAuthority()
        let signIn = try await signIn(test)
        for email in ["ada@example.test", "nobody@example.test"] {
            var refusals: [AuthorityError] = []
            for attempt in 0..<12 {
                do {
                    _ = try await open(signIn, email: email, password: "guess", address: "192.0.2.\(attempt)")
                } catch let error as AuthorityError { refusals.append(error) }
            }
            #expect(refusals.prefix(10).allSatisfy { $0 == .invalidCredential })
            #expect(refusals.suffix(2).allSatisfy { if case .throttled = $0 { true } else { false } })
        }
        test.wait(.seconds(90))
        _ = try await open(signIn)
    }

    @Test func `guessing at many accounts from one network is slowed down`() async throws {
        let test = try await TestAuthority()
        let signIn = try await signIn(test)
        var throttled = 0
        for attempt in 0..<60 {
            do {
                _ = try await open(
                    signIn, email: "user\(attempt)@example.test", password: "guess", address: "2001:db8::\(attempt)")
            } catch AuthorityError.throttled { throttled += 1 } catch {}
        }
        #expect(throttled == 10)
    }

    @Test func `right passwords do not use the budget up`() async throws {
        let test = try await TestAuthority()
        let signIn = try await signIn(test)
        for _ in 0..<30 { _ = try await open(signIn) }
    }

    @Test func `a new password keeps this device under a new handle and ends the rest`() async throws {
        let test = try await TestAuthority()
        let signIn = try await signIn(test)
        let here = try await open(signIn)
        let there = try await open(signIn)
        let changed = try await signIn.changePassword(
            of: here.session, current: Self.password, new: "a new long password", keepingSession: true, by: .authority)
        let renewed = try #require(changed.renewedHandle)
        #expect(try await test.authority.checkSession(renewed, countsAsActivity: false)?.id == here.session.id)
        #expect(try await test.isLive(here) == false, "the old handle ends")
        #expect(try await test.isLive(there) == false)
        await #expect(throws: AuthorityError.invalidCredential) { try await open(signIn) }
        _ = try await open(signIn, password: "a new long password")
    }

    @Test func `a wrong current password changes nothing and ends nothing`() async throws {
        let test = try await TestAuthority()
        let signIn = try await signIn(test)
        let here = try await open(signIn)
        let there = try await open(signIn)
        await #expect(throws: AuthorityError.invalidCredential) {
            try await signIn.changePassword(
                of: here.session, current: "wrong", new: "a new long password", keepingSession: true, by: .authority)
        }
        #expect(try await test.isLive(there))
        _ = try await open(signIn)
    }

    @Test func `a taken address changes nothing and ends nothing`() async throws {
        let test = try await TestAuthority()
        let signIn = try await signIn(test)
        try await signIn.createAccount(
            subject: try #require(Subject("grace")), email: "grace@example.test", password: Self.password)
        let here = try await open(signIn)
        let there = try await open(signIn)
        await #expect(throws: AuthorityError.alreadyExists) {
            try await signIn.changeEmail(
                of: here.session, currentPassword: Self.password, email: "GRACE@example.test", keepingSession: true,
                by: .authority)
        }
        #expect(try await test.isLive(there))
    }

    @Test func `a disabled account's sessions end and it cannot sign in again`() async throws {
        let test = try await TestAuthority()
        let signIn = try await signIn(test)
        let here = try await open(signIn)
        _ = try await test.authority.report(
            .accountDisabled, of: here.session.subject, keeping: here.session.id, by: .authority)
        #expect(try await test.isLive(here) == false)
        await #expect(throws: AuthorityError.invalidCredential) { try await open(signIn) }
        await #expect(throws: AuthorityError.invalidCredential) { try await test.open("ada") }
    }
}
