import Exeunt
import Testing

@Suite struct RefreshTests {
    @Test func `a refresh gives a successor, and the token before it gives the same one again within the grace`()
        async throws
    {
        let test = try await TestAuthority()
        let first = try #require(try await test.open().refreshToken)
        let second = try await test.refresh(first).refreshToken
        #expect(second.revealed != first.revealed)
        test.wait(.seconds(9))
        #expect(try await test.refresh(first).refreshToken.revealed == second.revealed)
        #expect(try await test.refresh(second).refreshToken.revealed != second.revealed)
    }

    @Test func `a token used past the grace ends its session and leaves an audit event`() async throws {
        let test = try await TestAuthority()
        let opened = try await test.open(remember: true)
        let other = try await test.open()
        let first = try #require(opened.refreshToken)
        let second = try await test.refresh(first).refreshToken
        test.wait(.seconds(10))
        await #expect(throws: AuthorityError.invalidCredential) { try await test.refresh(first) }
        await #expect(throws: AuthorityError.invalidCredential) { try await test.refresh(second) }
        #expect(try await test.accepted(of: opened) == [])
        #expect(try await test.isLive(other))
        #expect(try await test.events(.refreshReuse).count == 1)
    }

    @Test func `with a grace of nothing the second use is reuse`() async throws {
        let test = try await TestAuthority { $0.lifetime.refreshGrace = .zero }
        let first = try #require(try await test.open().refreshToken)
        _ = try await test.refresh(first)
        await #expect(throws: AuthorityError.invalidCredential) { try await test.refresh(first) }
    }

    @Test func `another client's refresh is refused and harms nobody`() async throws {
        let test = try await TestAuthority()
        let opened = try await test.open()
        let token = try #require(opened.refreshToken)
        await #expect(throws: AuthorityError.invalidCredential) {
            try await test.authority.rotateRefreshToken(token, clientID: "client_other", by: .authority)
        }
        #expect(try await test.accepted(of: opened).count == 3)
    }

    @Test func `refreshing does not move the absolute end`() async throws {
        let test = try await TestAuthority {
            $0.lifetime.absoluteTimeout = .seconds(4000)
            $0.lifetime.idleTimeout = .seconds(3000)
        }
        var token = try #require(try await test.open().refreshToken)
        test.wait(.seconds(2999))
        token = try await test.refresh(token).refreshToken
        test.wait(.seconds(1000))
        let last = try await test.refresh(token)
        #expect(last.accessToken.expiresInSeconds == 1, "no access token outlives the session")
        test.wait(.seconds(1))
        await #expect(throws: AuthorityError.invalidCredential) { try await test.refresh(last.refreshToken) }
    }

    @Test(arguments: [0, 5, 25, 60])
    func `a token with one byte changed is nobody's`(index: Int) async throws {
        let test = try await TestAuthority()
        let opened = try await test.open()
        var text = Array(try #require(opened.refreshToken).revealed)
        let position = 4 + index
        text[position] = text[position] == "A" ? "B" : "A"
        if let token = RotatingToken(presented: String(text)) {
            await #expect(throws: AuthorityError.invalidCredential) { try await test.refresh(token) }
        }
        #expect(try await test.accepted(of: opened).count == 3)
    }

    @Test func `a remembered login resumes with the same session twice within the grace`() async throws {
        let test = try await TestAuthority()
        let opened = try await test.open(remember: true)
        let token = try #require(opened.rememberToken)
        test.wait(.seconds(90_000))
        #expect(try await test.isLive(opened) == false)
        let resumed = try await test.resume(token)
        let again = try await test.resume(token)
        #expect(again.handle.revealed == resumed.handle.revealed)
        #expect(again.rememberToken?.revealed == resumed.rememberToken?.revealed)
        #expect(again.refreshToken?.revealed == resumed.refreshToken?.revealed)
        #expect(try await test.isLive(resumed))
        #expect(resumed.session.authenticatedAt == opened.session.authenticatedAt)
        #expect(try await test.authority.listSessions(of: resumed.session.subject).sessions.count == 1)
    }

    @Test func `a remember-me token used past the grace ends everything of its subject`() async throws {
        let test = try await TestAuthority()
        let opened = try await test.open(remember: true)
        let token = try #require(opened.rememberToken)
        let resumed = try await test.resume(token)
        let phone = try await test.open(remember: true)
        test.wait(.seconds(10))
        await #expect(throws: AuthorityError.invalidCredential) { try await test.resume(token) }
        for session in [opened, resumed, phone] { #expect(try await test.accepted(of: session) == []) }
        #expect(try await test.events(.rememberReuse).count == 1)
    }

    @Test func `a remembered login ends thirty days after the sign-in, however often it is used`() async throws {
        let test = try await TestAuthority()
        var token = try #require(try await test.open(remember: true).rememberToken)
        for _ in 0..<2 {
            test.wait(.seconds(14 * 86_400))
            token = try #require(try await test.resume(token).rememberToken)
        }
        test.wait(.seconds(2 * 86_400))
        await #expect(throws: AuthorityError.invalidCredential) { try await test.resume(token) }
    }
}
