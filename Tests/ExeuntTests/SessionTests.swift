import Exeunt
import SQLiteStore
import Settlement
import Testing

@Suite struct SessionTests {
    @Test func `a session ends when nothing is heard of it, and lives on while something is`() async throws {
        let test = try await TestAuthority()
        let idle = try await test.open()
        let active = try await test.open()
        for _ in 0..<4 {
            test.wait(.seconds(1000))
            #expect(try await test.authority.checkSession(active.handle, countsAsActivity: true) != nil)
        }
        #expect(try await test.isLive(idle) == false)
        #expect(try await test.isLive(active))
    }

    @Test(arguments: [0x00, 0x7F, 0xF8, 0xFB, 0xFF] as [UInt8])
    func `no identifier looks like an option of a command line`(_ byte: UInt8) {
        let environment = Environment(
            now: { Timestamp(milliseconds: 0) }, moment: { Moment(milliseconds: 0) },
            randomBytes: { Array(repeating: byte, count: $0) })
        #expect(environment.identifier().description.hasPrefix("-") == false)
    }

    @Test func `asking whether one is signed in does not keep one signed in`() async throws {
        let test = try await TestAuthority()
        let opened = try await test.open()
        for _ in 0..<3 {
            test.wait(.seconds(1100))
            #expect(try await test.authority.checkSession(opened.handle, countsAsActivity: false) != nil)
        }
        test.wait(.seconds(400))
        #expect(try await test.authority.checkSession(opened.handle, countsAsActivity: false) == nil)
    }

    @Test func `last active is written once a minute, not once a request`() async throws {
        let test = try await TestAuthority()
        let opened = try await test.open()
        test.wait(.seconds(59))
        let early = try #require(try await test.authority.checkSession(opened.handle, countsAsActivity: true))
        #expect(early.lastActiveAt == opened.session.lastActiveAt)
        test.wait(.seconds(1))
        _ = try await test.authority.checkSession(opened.handle, countsAsActivity: true)
        let noted = try #require(try await test.authority.checkSession(opened.handle, countsAsActivity: true))
        #expect(noted.lastActiveAt.since(opened.session.createdAt) == .seconds(60))
    }

    @Test func `a timeout is in the log and in the audit trail once it is swept`() async throws {
        let test = try await TestAuthority()
        let opened = try await test.open()
        test.wait(.seconds(3600))
        try await test.sweep()
        let records = try await test.store.log(after: 0, limit: 10)
        #expect(records.map(\.revocation.target) == [.session(opened.session.id)])
        #expect(try await test.events(.sessionExpired).map(\.reason) == ["idle_timeout"])
    }

    @Test func `a full subject's oldest session makes room, or the new one is refused`() async throws {
        let making = try await TestAuthority {
            $0.concurrency = ConcurrencyLimit(sessions: 2, whenFull: .endOldest)
        }
        let first = try await making.open()
        making.wait(.seconds(1))
        let second = try await making.open()
        making.wait(.seconds(1))
        let third = try await making.open()
        #expect(try await making.accepted(of: first) == [])
        #expect(try await making.isLive(second))
        #expect(try await making.isLive(third))

        let refusing = try await TestAuthority { $0.concurrency = ConcurrencyLimit(sessions: 1, whenFull: .refuse) }
        _ = try await refusing.open()
        await #expect(throws: AuthorityError.tooManySessions) { try await refusing.open() }
    }

    @Test func `a list has the live sessions, the newest first, a page at a time`() async throws {
        let test = try await TestAuthority()
        var opened: [Identifier] = []
        for _ in 0..<5 { opened.append(try await test.open().session.id) }
        let subject = try #require(Subject("ada"))
        var listed: [Identifier] = []
        var cursor: String?
        repeat {
            let page = try await test.authority.listSessions(of: subject, after: cursor, limit: 2)
            listed += page.sessions.map(\.id)
            cursor = page.next
        } while cursor != nil
        #expect(listed == opened.reversed())
    }

    @Test func `every opening, refresh, reuse and ending says who, which, from where and why`() async throws {
        let test = try await TestAuthority()
        let by = Provenance(actor: .client("client_a"), address: "192.0.2.7", userAgent: "agent")
        let opened = try await test.open()
        let token = try #require(opened.refreshToken)
        _ = try await test.authority.rotateRefreshToken(token, clientID: TestAuthority.application, by: by)
        _ = try await test.authority.logout([.session(opened.handle)], scope: .current, by: by)
        let events = try await test.events(.sessionOpened, .sessionRefreshed, .sessionEnded)
        #expect(events.map(\.kind) == [.sessionOpened, .sessionRefreshed, .sessionEnded])
        #expect(events.allSatisfy { $0.subject == "ada" && $0.session == opened.session.id })
        #expect(events.last?.by == by)
        #expect(events.last?.reason == "signed_out")
    }
}
