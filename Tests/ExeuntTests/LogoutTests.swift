import Exeunt
import Settlement
import Testing

@Suite struct LogoutTests {
    @Test(arguments: ["session cookie", "access token", "refresh token", "remember-me token"])
    func `after a logout with any credential, none of the session is accepted`(presented: String) async throws {
        let test = try await TestAuthority()
        let opened = try await test.open(remember: true)
        let other = try await test.open()
        let text =
            switch presented {
            case "session cookie": opened.handle.revealed
            case "access token": try #require(opened.accessToken).revealed
            case "refresh token": try #require(opened.refreshToken).revealed
            default: try #require(opened.rememberToken).revealed
            }
        let credential = try #require(PresentedCredential(text))
        let receipt = try await test.authority.logout([credential], scope: .current, by: .authority)
        #expect(receipt.endedSessions == 1)
        #expect(receipt.endedRemembered == 1)
        #expect(receipt.settled)
        #expect(try await test.accepted(of: opened) == [])
        #expect(try await test.isLive(other), "the other device goes on")
    }

    @Test func `signing out everywhere ends all of a person and nobody else`() async throws {
        let test = try await TestAuthority()
        let mine = [try await test.open(remember: true), try await test.open(), try await test.open()]
        let theirs = try await test.open("grace", remember: true)
        let receipt = try await test.authority.logout(
            [.session(mine[0].handle)], scope: .everywhere, by: .authority)
        #expect(receipt.endedSessions == 3)
        for opened in mine { #expect(try await test.accepted(of: opened) == []) }
        #expect(try await test.accepted(of: theirs).count == 4)
    }

    @Test func `signing out of other devices keeps this one with all its credentials`() async throws {
        let test = try await TestAuthority()
        let kept = try await test.open(remember: true)
        let other = try await test.open(remember: true)
        let receipt = try await test.authority.logout([.session(kept.handle)], scope: .others, by: .authority)
        #expect(receipt.endedSessions == 1)
        #expect(try await test.accepted(of: other) == [])
        #expect(try await test.accepted(of: kept).count == 4)
    }

    @Test func `a sign-in in the same millisecond as a logout everywhere survives it`() async throws {
        let test = try await TestAuthority()
        let before = try await test.open()
        _ = try await test.authority.logout([.session(before.handle)], scope: .everywhere, by: .authority)
        let after = try await test.open()
        #expect(try await test.accepted(of: before) == [])
        #expect(try await test.accepted(of: after).count == 3)
    }

    @Test func `a logout without anything live ends nothing and is no error`() async throws {
        let test = try await TestAuthority()
        let opened = try await test.open()
        let credentials = [PresentedCredential.session(opened.handle)]
        _ = try await test.authority.logout(credentials, scope: .current, by: .authority)
        for scope in LogoutScope.allCases {
            let receipt = try await test.authority.logout(credentials, scope: scope, by: .authority)
            #expect(receipt.endedSessions == 0)
            #expect(receipt.seq == nil)
        }
        let none = try await test.authority.logout([], scope: .everywhere, by: .authority)
        #expect(none.endedSessions == 0)
    }

    @Test(arguments: SubjectEvent.allCases)
    func `each event ends what the policy says`(event: SubjectEvent) async throws {
        let test = try await TestAuthority()
        let kept = try await test.open()
        let other = try await test.open(remember: true)
        _ = try await test.authority.report(event, of: kept.session.subject, keeping: kept.session.id, by: .authority)
        #expect(try await test.accepted(of: other) == [])
        let keeps = test.authority.policy.endings.scope(of: event) == .others
        #expect(try await test.isLive(kept) == keeps)
        #expect(try await test.events(.sessionsEnded).map(\.reason) == [event.rawValue])
    }

    @Test func `a policy of all spares nobody`() async throws {
        let test = try await TestAuthority { $0.endings.passwordChanged = .all }
        let opened = try await test.open()
        _ = try await test.authority.report(
            .passwordChanged, of: opened.session.subject, keeping: opened.session.id, by: .authority)
        #expect(try await test.accepted(of: opened) == [])
    }

    @Test func `another's session is not found, and goes on`() async throws {
        let test = try await TestAuthority()
        let theirs = try await test.open("grace")
        await #expect(throws: AuthorityError.sessionNotFound) {
            try await test.authority.endSession(
                theirs.session.id, owner: Subject("ada"), because: .endedByUser, by: .authority)
        }
        #expect(try await test.isLive(theirs))
    }

    @Test func `ending everyone ends everyone once, and who signs in afterwards is in`() async throws {
        let test = try await TestAuthority()
        let all = [try await test.open("ada", remember: true), try await test.open("grace")]
        #expect(try await test.authority.endEveryone(by: .authority).endedSessions == 2)
        for opened in all { #expect(try await test.accepted(of: opened) == []) }
        #expect(try await test.accepted(of: try await test.open("ada")).count == 3)
    }
}
