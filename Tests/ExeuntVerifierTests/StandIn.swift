import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import Settlement
import Synchronization

/// An authority's half of the protocol over real HTTP, as it is written down and not as it is built: it keeps a log, grants leases by
/// the state machine that the authority has, and notes in which order things came.
final class StandIn: Sendable {
    enum Event: Hashable, Sendable {
        case poll(after: UInt64, hasNode: Bool, lease: Int64?)
        case keys
        case introspection
        case handBack(Identifier)
    }

    struct State: Sendable {
        var leases: AuthorityState
        var records: [Revocation] = []
        var jwks = ""
        var keysVersion = "one"
        var lease: Int64 = 3000
        /// What introspection answers.
        var introspection = #"{"active":false}"#
        /// Answers to the next polls that are not those of the protocol.
        var spoilt: [(status: HTTPResponse.Status, body: String)] = []
        /// Polls are held while this is set, and so are requests for the keys.
        var holdsPolls = false
        var holdsKeys = false
        /// How many sign-outs have come; none of them is ever answered.
        var signOuts = 0
        var events: [Event] = []
        /// For how long each poll asked to be held, in milliseconds, and whether its answer was spoilt.
        var waits: [(milliseconds: Int64, isSpoilt: Bool)] = []
    }

    let state: Mutex<State>
    private let time: TestTime
    /// Called while a poll, or the giving back of a lease, is under way.
    let whilePolled = Mutex<(@Sendable () -> Void)?>(nil)
    let whileHandedBack = Mutex<(@Sendable () -> Void)?>(nil)

    init(time: TestTime) {
        self.time = time
        state = Mutex(
            State(leases: AuthorityState(node: Identifier(high: 5, low: 5), head: 0)))
    }

    var events: [Event] { state.withLock { $0.events } }

    /// The `after`s of all polls so far.
    var acknowledged: [UInt64] {
        events.compactMap { event in
            if case .poll(let after, _, _) = event { after } else { nil }
        }
    }

    func change(_ change: @Sendable (inout State) -> Void) { state.withLock { change(&$0) } }

    /// Commits records.
    func end(_ targets: Revocation.Target...) {
        state.withLock { state in
            for target in targets {
                let seq = UInt64(state.records.count) + 1
                state.records.append(Revocation(seq: seq, target: target, until: TestTime.start + 965_000))
                state.leases.committed(through: seq)
            }
        }
    }

    /// Whether everything that was committed is settled.
    var isSettled: Bool {
        state.withLock { $0.leases.settledThrough(at: time.now.moment) == UInt64($0.records.count) }
    }

    /// Returns when something is so; a test that waits in vain is stopped by the run.
    func until(_ isSo: @Sendable (StandIn) -> Bool) async throws {
        while !isSo(self) { try await Task.sleep(for: .milliseconds(2)) }
    }

    // MARK: Serving

    /// Serves on a free port of this machine for as long as `body` runs.
    func serve<Value: Sendable>(_ body: @escaping @Sendable (_ url: String) async throws -> Value) async throws -> Value
    {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router(), configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { continuation.yield($0.localAddress?.port ?? 0) }, logger: SilentLog.logger)
        let group = ServiceGroup(configuration: .init(services: [application], logger: SilentLog.logger))
        return try await withThrowingTaskGroup(of: Value?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return nil
            }
            tasks.addTask {
                for await port in ports { return try await body("http://127.0.0.1:\(port)") }
                return nil
            }
            var value: Value?
            while value == nil, let result = try await tasks.next() { value = result }
            change { ($0.holdsPolls, $0.holdsKeys) = (false, false) }
            tasks.cancelAll()
            guard let value else { throw CancellationError() }
            return value
        }
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/v1/feed") { request, _ in try await self.poll(request) }
        router.delete("/v1/feed/:verifier") { request, context in
            let id = context.parameters.get("verifier").flatMap { Identifier($0) }
            guard Self.isClient(request), let id else { return Response(status: .unauthorized) }
            self.whileHandedBack.withLock { $0 }?()
            self.change { state in
                state.events.append(.handBack(id))
                state.leases.handedBack(by: id)
            }
            return Response(status: .noContent)
        }
        router.get("/.well-known/jwks.json") { _, _ in
            self.change { $0.events.append(.keys) }
            // What is answered is decided before the waiting, as a slow network would have it.
            let jwks = self.state.withLock { $0.jwks }
            try await self.until { !$0.state.withLock { $0.holdsKeys } }
            return Self.json(jwks)
        }
        router.post("/v1/logout") { _, _ in
            self.change { $0.signOuts += 1 }
            try await Task.sleep(for: .seconds(3600))
            return Response(status: .ok)
        }
        router.post("/introspect") { request, _ in
            guard Self.isClient(request) else { return Response(status: .unauthorized) }
            self.change { $0.events.append(.introspection) }
            return Self.json(self.state.withLock { $0.introspection })
        }
        return router
    }

    private func poll(_ request: Request) async throws -> Response {
        guard Self.isClient(request) else { return Response(status: .unauthorized) }
        let query = request.uri.queryParameters
        guard let id = query["verifier"].flatMap({ Identifier(String($0)) }),
            let after = query["after"].flatMap({ UInt64($0) }),
            let wait = query["wait"].flatMap({ Int64($0) })
        else { return Response(status: .badRequest) }
        let node = query["node"].flatMap { Identifier(String($0)) }
        let wanted = query["lease"].flatMap { Int64($0) }
        let (start, spoilt) = state.withLock { state in
            state.events.append(.poll(after: after, hasNode: node != nil, lease: wanted))
            let poll = FeedPoll(follower: id, node: node, after: after, leaseMilliseconds: wanted)
            let start = state.leases.polled(poll, at: time.now.moment)
            state.waits.append((wait, !state.spoilt.isEmpty))
            return (start, state.spoilt.isEmpty ? nil : state.spoilt.removeFirst())
        }
        if let spoilt {
            return Response(status: spoilt.status, body: ResponseBody(byteBuffer: ByteBuffer(string: spoilt.body)))
        }
        whilePolled.withLock { $0 }?()
        let deadline = ContinuousClock.now + .milliseconds(wait)
        try await until { standIn in
            standIn.state.withLock { state in
                !state.holdsPolls
                    && (node == nil || UInt64(state.records.count) > start || ContinuousClock.now >= deadline)
            }
        }
        return Self.json(answer(id, after: start, wanted: wanted))
    }

    private func answer(_ id: Identifier, after: UInt64, wanted: Int64?) -> String {
        state.withLock { state in
            let head = UInt64(state.records.count)
            let lease = state.leases.grant(
                wanted ?? state.lease, to: id, through: head, at: time.now.moment,
                until: time.now.moment + 7_200_000)
            let records = state.records.filter { $0.seq > after }.map(Self.json)
            return #"{"node":"\#(state.leases.node)","after":\#(after),"head":\#(head),"snapshot":\#(after == 0),"#
                + #""lease_ms":\#(lease),"keys_version":"\#(state.keysVersion)","revocations":[\#(records.joined(separator: ","))]}"#
        }
    }

    private static func json(_ record: Revocation) -> String {
        let target =
            switch record.target {
            case .token(let id): #""kind":"token","id":"\#(id)""#
            case .session(let id): #""kind":"session","id":"\#(id)""#
            case .subject(let subject, let version, let except):
                #""kind":"subject","subject":"\#(subject)","version":\#(version)"#
                    + (except.map { #","except":"\#($0)""# } ?? "")
            case .all(let epoch): #""kind":"all","version":\#(epoch)"#
            }
        return #"{"seq":\#(record.seq),\#(target),"until":\#(record.until / 1000)}"#
    }

    private static func json(_ text: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// HTTP Basic of `client_1` and a secret that shows whether it is encoded as in a form (RFC 6749 §2.3.1).
    private static func isClient(_ request: Request) -> Bool {
        request.headers[.authorization] == "Basic " + Data("client_1:se%3Acr%2Fet".utf8).base64EncodedString()
    }
}
