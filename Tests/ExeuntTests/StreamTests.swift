import Exeunt
import Foundation
import SQLiteStore
import Settlement
import Testing

/// Streams of security events, and those who fetch from them.
@Suite struct StreamTests {
    private static let admin = Client(
        id: "client_admin", name: "SIEM", secretHash: nil, scopes: [.streams, .admin], createdAt: Timestamp(seconds: 0))
    private static let application = Client(
        id: TestAuthority.application, name: "Notes", secretHash: nil, scopes: [.streams],
        createdAt: Timestamp(seconds: 0))

    private let test: TestAuthority
    private var authority: Authority { test.authority }

    init() async throws {
        test = try await TestAuthority()
        try await test.store.add(Self.application, by: .authority)
        try await test.store.add(Self.admin, by: .authority)
    }

    private func stream(
        _ wish: StreamWish = StreamWish(), of client: Client = application
    ) async throws -> Receiver {
        try await authority.openStream(wish, for: client, through: AnyWay(), by: .authority)
    }

    private func end(_ name: String = "ada") async throws -> Identifier {
        let opened = try await test.open(name)
        _ = try await authority.endSession(opened.session.id, owner: nil, because: .signedOut, by: .authority)
        return opened.session.id
    }

    private func now(_ stream: Receiver) async throws -> Receiver {
        try #require(try await test.store.receiver(stream.id))
    }

    private func poll(_ polls: StreamPolls, _ poll: StreamPoll, of stream: Receiver) async throws -> [String] {
        try #require(try await polls.answer(poll, of: try await now(stream))).events.map(\.name)
    }

    @Test func `what was not fetched in time is given up, and the rest is not`() async throws {
        let stream = try await stream()
        let old = try await end()
        test.wait(authority.policy.eventLife + .seconds(1))
        let new = try await end("grace")
        try await authority.expireStreams()
        let letters = try await test.store.deadLetters(of: stream.id, after: 0, limit: 10)
        #expect(letters.map(\.ended.session) == [old])
        #expect(try await now(stream).progress.givenUp == 1)
        let polls = StreamPolls(authority, clock: ContinuousClock())
        let names = try await poll(polls, StreamPoll(returnsImmediately: true), of: stream)
        #expect(names == [EventIdentifier.ended(new, to: stream.id)])
        try await authority.expireStreams()
        #expect(try await now(stream).progress.givenUp == 1)
    }

    @Test func `a stream whose receiver is gone keeps nothing for ever`() async throws {
        let stream = try await stream()
        _ = try await end()
        test.wait(authority.policy.eventLife + .seconds(1))
        try await authority.expireStreams()
        try await test.sweep()
        #expect(try await test.store.endedSessions(after: 0, limit: 10).isEmpty)
        #expect(try await now(stream).progress.through == 1)
    }

    @Test func `what was acknowledged out of turn comes again after a restart, with its name`() async throws {
        let stream = try await stream()
        let sessions = [try await end(), try await end("grace")]
        let names = sessions.map { EventIdentifier.ended($0, to: stream.id) }
        let before = StreamPolls(authority, clock: ContinuousClock())
        let second = StreamPoll(returnsImmediately: true, acknowledged: [names[1]])
        #expect(try await poll(before, second, of: stream) == [names[0]])
        let after = StreamPolls(authority, clock: ContinuousClock())
        #expect(try await poll(after, StreamPoll(returnsImmediately: true), of: stream) == names)
        let both = StreamPoll(returnsImmediately: true, acknowledged: Set(names))
        #expect(try await poll(after, both, of: stream) == [])
        #expect(try await now(stream).progress.through == 2)
    }

    @Test func `what a receiver cannot take is among the dead letters, with its reason`() async throws {
        let stream = try await stream()
        let session = try await end()
        let name = EventIdentifier.ended(session, to: stream.id)
        let polls = StreamPolls(authority, clock: ContinuousClock())
        let poll = StreamPoll(returnsImmediately: true, refused: [name: "invalid_key: unknown"])
        #expect(try await self.poll(polls, poll, of: stream) == [])
        let letters = try await test.store.deadLetters(of: stream.id, after: 0, limit: 10)
        #expect(letters.map(\.why) == ["invalid_key: unknown"])
        #expect(letters.map(\.ended.session) == [session])
        #expect(try await now(stream).progress.lastFailure == "invalid_key: unknown")
    }

    @Test func `others' endings are passed over without a write for each`() async throws {
        let stream = try await stream(of: Self.admin)
        var own = try await now(stream)
        own.hears = .own
        #expect(try await test.store.update(own, at: Timestamp(seconds: 1), by: .authority))
        let polls = StreamPolls(authority, clock: ContinuousClock())
        for _ in 0..<3 { _ = try await end() }
        #expect(try await poll(polls, StreamPoll(returnsImmediately: true), of: stream) == [])
        #expect(try await now(stream).progress.through == 0)
    }

    @Test func `a secret stays for its address alone`() async throws {
        let push = StreamWish.Delivery.push(endpoint: "https://a.example/", authorization: "Bearer x")
        let stream = try await stream(StreamWish(delivery: push))
        let sealed = try #require(stream.sealedSecret)
        #expect(try authority.keyRing.unseal(sealed, name: stream.sealName) == Array("Bearer x".utf8))
        func change(_ endpoint: String, _ authorization: String?) async throws -> [UInt8]? {
            let wish = StreamWish(delivery: .push(endpoint: endpoint, authorization: authorization))
            let changed = try await authority.changeStream(
                stream.id, of: Self.application, to: wish, isWhole: false, through: AnyWay(), by: .authority)
            return try #require(changed).sealedSecret
        }
        #expect(try await change("https://a.example/", nil) == sealed)
        #expect(try await change("https://b.example/", nil) == nil)
        #expect(try await change("https://b.example/", "Bearer y") != nil)
        #expect(try await change("https://b.example/", "") == nil)
    }

    @Test func `the same list is handed out until something in it ends`() async throws {
        let test = try await TestAuthority { $0.hasStatusLists = true }
        let lists = StatusLists(test.authority)
        let opened = try await test.open()
        let first = try #require(try await lists.token(0))
        test.wait(.seconds(2))
        #expect(try await lists.token(0) == first)
        _ = try await test.authority.endSession(opened.session.id, owner: nil, because: .signedOut, by: .authority)
        #expect(try await lists.token(0) == first, "a list is handed out for a second as it is")
        test.wait(.seconds(1))
        let second = try #require(try await lists.token(0))
        #expect(second.text != first.text)
        #expect(second.tag != first.tag)
        test.wait(.seconds(301))
        #expect(try await lists.token(0) != second, "it is signed anew before it expires")
        #expect(try await lists.token(.max) == nil)
    }
}

/// A way out that leads anywhere and that nobody goes.
private struct AnyWay: OutgoingHTTP {
    func admit(_ url: String) throws(OutgoingFailure) {}
    func send(_ request: OutgoingRequest) async throws(OutgoingFailure) -> OutgoingAnswer {
        throw .unreachable("nobody goes there")
    }
}
