import Settlement
import Synchronization
import Testing

@testable import ExeuntVerifier

@Suite struct CacheTests {
    private func tokens(_ count: Int, _ test: TestVerifier) throws -> [String] {
        try (0..<count).map { try TestToken(jti: Identifier(high: 1, low: UInt64($0))).text(test.one) }
    }

    @Test(arguments: [0, 1, 3, 8, 20, 64])
    func `it holds no more than it may, and forgets nobody for good`(capacity: Int) throws {
        let test = try TestVerifier(cacheCapacity: capacity)
        let texts = try tokens(100, test)
        for text in texts + texts {
            #expect(throws: Never.self) { try test.verifier.verify(text) }
            #expect(test.verifier.status.cachedTokens <= capacity)
        }
        #expect(test.verifier.status.checks["accepted"] == 200)
    }

    @Test func `the ones in use outlast a crowd that comes once`() throws {
        let test = try TestVerifier(cacheCapacity: 8)
        let texts = try tokens(200, test)
        for text in texts.dropFirst() {
            _ = try test.verifier.verify(texts[0])
            _ = try test.verifier.verify(text)
        }
        #expect(test.verifier.status.cacheHits >= 190)
    }

    @Test func `a text that ends as a known one does is not taken for it`() throws {
        let test = try TestVerifier()
        let text = try TestToken().text(test.one)
        _ = try test.verifier.verify(text)
        let forged = try TestToken(sub: "eve").text(test.one)
        let end = text.split(separator: ".")[2]
        let start = forged.split(separator: ".").prefix(2).joined(separator: ".")
        #expect(throws: VerificationError.badSignature) { try test.verifier.verify(start + "." + end) }
    }

    @Test func `what has expired makes room by itself`() throws {
        let test = try TestVerifier()
        for text in try tokens(10, test) { _ = try test.verifier.verify(text) }
        #expect(test.verifier.status.cachedTokens == 10)
        test.time.pass(905_000)
        test.verifier.state.withLock { $0.dropExpiredTokens(at: test.time.now) }
        #expect(test.verifier.status.cachedTokens == 0)
    }
}
