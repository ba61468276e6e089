import Settlement
import Testing

@testable import ExeuntVerifier

@Suite struct LeaseTests {
    private static let stale = VerificationError.stale(retryAfter: .seconds(1))

    @Test func `nothing is accepted before the first lease`() throws {
        let test = try TestVerifier(isLive: false)
        #expect(test.verifier.status.state == .starting)
        #expect(throws: Self.stale) { try test.verify() }
        #expect(throws: Self.stale) { try test.verify(TestToken(kid: "three")) }
        #expect(throws: VerificationError.malformed) { try test.verifier.verify("nonsense") }
        test.hear()
        #expect(test.verifier.status.state == .live)
        #expect(throws: Never.self) { try test.verify() }
    }

    @Test func `a token is accepted up to the last millisecond of the lease and not after`() throws {
        let test = try TestVerifier()
        let text = try TestToken().text(test.one)
        test.time.pass(2999)
        #expect(throws: Never.self) { try test.verifier.verify(text) }
        test.time.pass(1)
        #expect(throws: Self.stale) { try test.verifier.verify(text) }
        #expect(test.verifier.status.state == .lapsed)
        #expect(test.verifier.status.leaseLeft == nil)
        test.hear()
        #expect(throws: Never.self) { try test.verifier.verify(text) }
    }

    @Test func `the lease counts from before the poll, however late the answer`() throws {
        let test = try TestVerifier(isLive: false)
        let asked = test.time.now
        test.time.pass(2900)
        let answer = FeedAnswer(
            node: TestVerifier.node, after: 0, through: 0, revocations: [], leaseMilliseconds: 3000, keysVersion: "v")
        _ = test.verifier.apply(answer, asked: asked)
        #expect(test.verifier.status.leaseAge == .milliseconds(2900))
        #expect(test.verifier.status.leaseLeft == .milliseconds(100))
        #expect(throws: Never.self) { try test.verify() }
        test.time.pass(100)
        #expect(throws: Self.stale) { try test.verify() }
    }

    @Test(arguments: [Int64(33), -33])
    func `clocks that disagree void the lease`(by: Int64) throws {
        let test = try TestVerifier()
        test.time.setWall(by: by)
        #expect(throws: Self.stale) { try test.verify() }
        #expect(test.verifier.status.state == .lapsed)
    }

    @Test func `what is known to be over needs no lease`() throws {
        let test = try TestVerifier()
        test.hear(.session(TestToken.sid))
        test.time.pass(5000)
        #expect(throws: VerificationError.ended) { try test.verify() }
    }

    @Test func `an answer that leaves a gap is not applied and gives no lease`() throws {
        let test = try TestVerifier()
        test.time.pass(3000)
        let gap = FeedAnswer(
            node: TestVerifier.node, after: 4, through: 5,
            revocations: [Revocation(seq: 5, target: .session(TestToken.sid), until: TestTime.start + 965_000)],
            leaseMilliseconds: 3000, keysVersion: "v1")
        #expect(test.verifier.apply(gap, asked: test.time.now) == .nothing)
        #expect(test.verifier.status.applied == 0)
        #expect(throws: Self.stale) { try test.verify() }
    }

    @Test(arguments: [
        VerifierConfiguration.Mode.feed(lease: .milliseconds(99)), .feed(lease: .seconds(7200)),
        .introspection(cachedFor: .seconds(-1)), .introspection(cachedFor: .seconds(61)),
    ])
    func `a mode that cannot be meant is refused`(mode: VerifierConfiguration.Mode) {
        #expect(throws: VerifierConfiguration.Fault.self) { try TestVerifier(mode: mode) }
    }

    @Test(arguments: [
        "http://accounts.example.com", "accounts.example.com", "https://a.example/?b", "ftp://localhost", "",
    ])
    func `an issuer that nobody should trust is refused`(issuer: String) {
        let configuration = VerifierConfiguration(issuer: issuer, clientID: "c", clientSecret: ClientSecret("s"))
        #expect(throws: VerifierConfiguration.Fault.self) { try configuration.check() }
    }

    @Test func `secrets are not printed`() {
        let configuration = VerifierConfiguration(
            issuer: "http://localhost:1", clientID: "c", clientSecret: ClientSecret("hush"))
        var dumped = "\(configuration) \(configuration.clientSecret)"
        dump(configuration, to: &dumped)
        #expect(!dumped.contains("hush"))
    }
}
