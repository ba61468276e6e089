import Exeunt
import Foundation
import Settlement
import Testing

@Suite struct TokenTests {
    private func introspect(_ text: String, in test: TestAuthority) async throws -> Authority.Introspection? {
        guard let credential = PresentedCredential(text) else { return nil }
        return try await test.authority.introspect(credential)
    }

    @Test(arguments: SigningAlgorithm.allCases)
    func `an access token says whose it is and for how long`(algorithm: SigningAlgorithm) async throws {
        let test = try await TestAuthority { $0.signingAlgorithm = algorithm }
        let opened = try await test.open()
        let token = try #require(opened.accessToken)
        #expect(token.expiresInSeconds == 900)
        let found = try #require(try await introspect(token.revealed, in: test))
        #expect(found.session.id == opened.session.id)
        #expect(found.payload?.aud == ["https://accounts.example.com"])
        test.wait(.seconds(900))
        #expect(try await introspect(token.revealed, in: test) == nil)
    }

    @Test(arguments: [
        #"{"alg":"none","typ":"at+jwt","kid":"KID"}"#, #"{"alg":"HS256","typ":"at+jwt","kid":"KID"}"#,
        #"{"alg":"ES256","typ":"JWT","kid":"KID"}"#, #"{"alg":"ES256","typ":"at+jwt"}"#,
        #"{"alg":"ES256","typ":"at+jwt","kid":"KID","crit":["exp"]}"#,
        #"{"alg":"ES256","typ":"logout+jwt","kid":"KID"}"#, #"{"alg":"EdDSA","typ":"at+jwt","kid":"KID"}"#,
    ])
    func `a token under another header is refused`(header: String) async throws {
        let test = try await TestAuthority()
        let parts = try #require(try await test.open().accessToken).revealed.split(separator: ".")
        let text = header.replacingOccurrences(of: "KID", with: test.authority.signingKeys.newest.id)
        let forged = [Base64URL.encode(Array(text.utf8)), String(parts[1]), String(parts[2])].joined(separator: ".")
        #expect(try await introspect(forged, in: test) == nil)
    }

    @Test func `a token with a changed claim, or whose signature has another form, is refused`() async throws {
        let test = try await TestAuthority()
        let token = try #require(try await test.open().accessToken).revealed
        let parts = token.split(separator: ".").map(String.init)
        let payload = try #require(Base64URL.decode(parts[1]))
        let claims = String(decoding: payload, as: UTF8.self).replacingOccurrences(of: "\"ada\"", with: "\"eve\"")
        #expect(
            try await introspect("\(parts[0]).\(Base64URL.encode(Array(claims.utf8))).\(parts[2])", in: test) == nil)
        #expect(try await introspect(token + "=", in: test) == nil)
        #expect(try await introspect("\(parts[0]).\(parts[1]).", in: test) == nil)
        #expect(try await introspect(token, in: test) != nil)
    }

    @Test func `after a rotation old tokens are valid until they expire, and then their key is gone`() async throws {
        let test = try await TestAuthority()
        let opened = try await test.open()
        let old = try #require(opened.accessToken).revealed
        let keys = test.authority.signingKeys
        let oldKey = keys.newest.id
        #expect(try await test.authority.rotateSigningKey(by: .authority) != nil)
        #expect(keys.newest.id != oldKey)
        #expect(keys.jwks.contains(oldKey))
        #expect(try await introspect(old, in: test) != nil)
        test.wait(Limits.keyAnnouncement + test.authority.policy.lifetime.accessToken + Limits.clockSkew)
        test.wait(.seconds(1))
        try await keys.reload(from: test.store, at: test.authority.environment.now())
        #expect(!keys.jwks.contains(oldKey))
    }

    @Test func `a new key is known before it signs, and the old one is trusted for as long as what it has signed`()
        async throws
    {
        let test = try await TestAuthority()
        let keys = test.authority.signingKeys
        let old = keys.newest.id
        _ = try await test.authority.rotateSigningKey(by: .authority)
        let second = keys.newest.id
        #expect(keys.jwks.contains(second))
        test.wait(Limits.keyAnnouncement - .seconds(1))
        let late = try #require(try await test.open().accessToken).revealed
        #expect(try keyID(of: late) == old)
        // One that is replaced before it was known never signs.
        _ = try await test.authority.rotateSigningKey(by: .authority)
        test.wait(Limits.keyAnnouncement - .seconds(1))
        #expect(try keyID(of: try #require(try await test.open().accessToken).revealed) != keys.newest.id)
        test.wait(.seconds(1))
        let new = try #require(try await test.open().accessToken).revealed
        #expect(try keyID(of: new) == keys.newest.id)
        test.wait(test.authority.policy.lifetime.accessToken - Limits.keyAnnouncement - .seconds(1))
        try await keys.reload(from: test.store, at: test.authority.environment.now())
        #expect(try await introspect(late, in: test) != nil)
    }

    private func keyID(of token: String) throws -> String? {
        let header = try #require(token.split(separator: ".").first.flatMap { Base64URL.decode($0) })
        return try (JSONSerialization.jsonObject(with: Data(header)) as? [String: Any])?["kid"] as? String
    }

    @Test func `a revoked access token is over alone, a revoked refresh token takes its session along`() async throws {
        let test = try await TestAuthority()
        let opened = try await test.open()
        let client = TestAuthority.application
        let access = try #require(opened.accessToken).revealed
        try await test.authority.revoke(.access(access), clientID: client, by: .authority)
        #expect(try await test.accepted(of: opened) == ["session cookie", "refresh token"])
        let fresh = try await test.open()
        try await test.authority.revoke(.refresh(try #require(fresh.refreshToken)), clientID: client, by: .authority)
        #expect(try await test.accepted(of: fresh) == [])
    }

    @Test func `another client's tokens are never revoked`() async throws {
        let test = try await TestAuthority()
        let opened = try await test.open(remember: true)
        let credentials: [PresentedCredential] = [
            .session(opened.handle), .access(try #require(opened.accessToken).revealed),
            .refresh(try #require(opened.refreshToken)), .remember(try #require(opened.rememberToken)),
        ]
        for credential in credentials {
            try await test.authority.revoke(credential, clientID: "client_other", by: .authority)
        }
        #expect(try await test.accepted(of: opened).count == 4)
    }

    @Test func `a sealed key opens with its own master key and name alone`() throws {
        let ring = try KeyRing(masterKeys: [(1, [UInt8](repeating: 1, count: 32))])
        let other = try KeyRing(masterKeys: [(1, [UInt8](repeating: 2, count: 32))])
        let sealed = try ring.seal([1, 2, 3], name: "a")
        #expect(try ring.unseal(sealed, name: "a") == [1, 2, 3])
        #expect(throws: AuthorityError.self) { try ring.unseal(sealed, name: "b") }
        #expect(throws: AuthorityError.self) { try other.unseal(sealed, name: "a") }
    }

    @Test func `secrets do not show in descriptions`() async throws {
        let test = try await TestAuthority()
        let opened = try await test.open(remember: true)
        let shown = "\(opened)"
        for secret in [
            opened.handle.revealed, opened.refreshToken?.revealed, opened.rememberToken?.revealed,
            opened.accessToken?.revealed,
        ] { #expect(!shown.contains(try #require(secret).dropFirst(4))) }
    }
}
