import Settlement
import Testing

@testable import ExeuntVerifier

@Suite struct RevocationTests {
    let test: TestVerifier

    init() throws { test = try TestVerifier() }

    private static let other = Identifier(high: 9, low: 2)

    @Test(arguments: [
        Revocation.Target.token(TestToken.jti), .session(TestToken.sid), .subject("ada", version: 1, except: nil),
        .subject("ada", version: 1, except: Identifier(high: 9, low: 2)), .all(epoch: 1),
    ])
    func `a token that was accepted is refused once a record ends it`(target: Revocation.Target) throws {
        let text = try TestToken().text(test.one)
        _ = try test.verifier.verify(text)
        test.hear(target)
        #expect(throws: VerificationError.ended) { try test.verifier.verify(text) }
        #expect(throws: VerificationError.ended) { try test.verify() }
        #expect(test.verifier.status.checks["ended"] == 2)
    }

    @Test func `a record ends nobody else's token`() throws {
        test.hear(
            .token(Identifier(high: 7, low: 2)), .session(Self.other), .subject("grace", version: 9, except: nil),
            .subject("ada", version: 1, except: TestToken.sid))
        #expect(throws: Never.self) { try test.verify() }
        #expect(throws: VerificationError.ended) {
            try test.verify(TestToken(jti: Identifier(high: 7, low: 3), sid: Identifier(high: 9, low: 3)))
        }
    }

    @Test func `a sign-in after signing out everywhere is not touched by it`() throws {
        test.hear(.subject("ada", version: 1, except: nil), .all(epoch: 3))
        #expect(throws: Never.self) { try test.verify(TestToken(ver: 1, gen: 3)) }
        #expect(throws: VerificationError.ended) { try test.verify(TestToken(ver: 1, gen: 2)) }
        #expect(throws: VerificationError.ended) { try test.verify(TestToken(ver: 0, gen: 3)) }
    }

    @Test func `a clock that is set back does not revive a token whose record is gone`() throws {
        let text = try TestToken().text(test.one)
        _ = try test.verifier.verify(text)
        test.hear(.session(TestToken.sid))
        // Three leases later the record is past its time: it goes, and the token has expired long before.
        test.time.pass(965_000)
        test.hear()
        test.hear()
        #expect(test.verifier.status.revocations == 0)
        #expect(throws: VerificationError.expired) { try test.verifier.verify(text) }
        test.time.setWall(by: -965_000)
        test.hear()
        #expect(throws: VerificationError.expired) { try test.verifier.verify(text) }
    }
}
