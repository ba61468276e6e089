internal import Synchronization

/// What was open when somebody signed out.
enum StreamProbes {
    static let all = [events, webSocket]

    private enum Kind: Sendable { case events, webSocket }

    /// What a listener has heard, and when.
    private final class Ear: Sendable {
        private let heard = Mutex<[(event: StreamEvent, at: Duration)]>([])
        private let clock: Surroundings

        init(clock: Surroundings) { self.clock = clock }

        func hear(_ event: StreamEvent) { heard.withLock { $0.append((event, clock.elapsed())) } }

        var isOver: Bool { heard.withLock { $0.contains { $0.event == .closed || $0.event == .refused } } }
        var isOpen: Bool { heard.withLock { $0.contains { $0.event == .opened } } }

        /// How many pieces of text came after a moment.
        func texts(after moment: Duration) -> Int {
            heard.withLock { heard in
                heard.count { event in if case .text = event.event { event.at > moment } else { false } }
            }
        }

        /// Waits until something is so, as long as patience lasts.
        func wait(_ patience: Duration, until isSo: (Ear) -> Bool) async throws {
            let end = clock.elapsed() + patience
            while !isSo(self), clock.elapsed() < end { try await clock.sleep(.milliseconds(20)) }
        }
    }

    /// Something that stays open: server-sent events, or a WebSocket with what makes it answer.
    private struct Stream: Sendable {
        var kind: Kind
        var path: String
        var question: Template?

        var name: String { (kind == .events ? "the stream " : "the WebSocket ") + path }

        func request(from device: Device) throws -> WebRequest {
            var request = try device.get(path)
            request.headers["Accept"] = kind == .events ? "text/event-stream" : nil
            request.headers["Origin"] = kind == .webSocket ? device.target.base.origin : nil
            request.headers["User-Agent"] = "exeunt-audit"
            request.headers["Cookie"] = device.jar.header(for: request.address)
            return request
        }
    }

    /// An open stream: what it has said, and a way to make it say something.
    private struct Conversation: Sendable {
        let ear: Ear
        let ask: @Sendable () -> Void
    }

    /// Keeps a stream open as a device while `body` runs.
    private static func open<Value: Sendable>(
        _ stream: Stream, as device: Device, _ auditor: Auditor,
        _ body: @escaping @Sendable (Conversation) async throws -> Value
    ) async throws -> Value? {
        let request = try stream.request(from: device)
        let ear = Ear(clock: auditor.surroundings)
        let (texts, say) = AsyncStream.makeStream(of: String.self)
        // What a device has no values for, it does not say.
        let question = try? stream.question?.text(device.values)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                switch stream.kind {
                case .events: try await auditor.wire.listen(request) { ear.hear($0) }
                case .webSocket: try await auditor.wire.converse(request, say: texts) { ear.hear($0) }
                }
                return nil
            }
            group.addTask {
                try await body(Conversation(ear: ear) { if let question { say.yield(question) } })
            }
            var value: Value?
            while value == nil, let result = try await group.next() { value = result }
            group.cancelAll()
            return value
        }
    }

    /// Whether the stream serves those who have not signed in.
    private static func isPublic(_ stream: Stream, _ auditor: Auditor) async throws -> Bool {
        let isServed = try await open(stream, as: auditor.freshDevice(), auditor) { conversation in
            let ear = conversation.ear
            try await ear.wait(.seconds(1)) { $0.isOver || $0.isOpen }
            guard stream.question != nil else {
                try await ear.wait(.milliseconds(200)) { $0.isOver }
                return ear.isOpen && !ear.isOver
            }
            let asked = auditor.surroundings.elapsed()
            conversation.ask()
            try await ear.wait(.milliseconds(500)) { $0.isOver || $0.texts(after: asked) > 0 }
            return !ear.isOver && ear.texts(after: asked) > 0
        }
        return isServed ?? false
    }

    private static func examine(_ stream: Stream, _ auditor: Auditor) async throws -> Finding {
        let name = stream.name
        if try await isPublic(stream, auditor) { return .notApplicable("\(name) is open to anybody") }
        let signedIn = try await auditor.signedInDevice()
        let finding = try await open(stream, as: signedIn, auditor) { conversation in
            let ear = conversation.ear
            let clock = auditor.surroundings
            try await ear.wait(.seconds(5)) { $0.isOver || $0.isOpen }
            // A connection that ends by itself would show nothing.
            try await ear.wait(.milliseconds(300)) { $0.isOver }
            guard ear.isOpen, !ear.isOver else {
                return Finding.couldNotTell("\(name) did not open, or did not stay open, for a signed-in client")
            }
            if stream.question != nil {
                let asked = clock.elapsed()
                conversation.ask()
                try await ear.wait(.seconds(5)) { $0.isOver || $0.texts(after: asked) > 0 }
                guard ear.texts(after: asked) > 0 else {
                    return .couldNotTell("\(name) does not answer what the target file sends, to a signed-in client")
                }
            }
            var device = signedIn
            let exchanges = try await device.perform(auditor.target.signOut)
            // What was under way when the sign-out was answered is no fault.
            let answered = clock.elapsed() + .milliseconds(100)
            let end = clock.elapsed() + auditor.target.patience
            while !ear.isOver, clock.elapsed() < end {
                try await ear.wait(min(AuditLimits.questionInterval, end - clock.elapsed())) { $0.isOver }
                conversation.ask()
            }
            let evidence = [Evidence("the sign-out, while \(name) was open", exchanges.first)]
            if ear.isOver { return .pass("\(name) was closed when its session ended", evidence) }
            let count = ear.texts(after: answered)
            let time = DurationText.text(auditor.target.patience)
            return count > 0
                ? .fail(
                    "\(name) told \(count) more things within \(time) after the sign-out, and stayed open", evidence)
                : .warning("\(name) stayed open for \(time) after the sign-out, and said nothing", evidence)
        }
        return finding ?? .couldNotTell("\(name) could not be opened")
    }

    private static func probe(_ id: String, _ title: String, clauses: [String], sends: String, _ kind: Kind) -> Probe {
        Probe(
            id, title, group: .replay, clauses: clauses, severity: .medium, sends: sends,
            follows: [
                "garbage-credential", "sign-out-works", "session-cookie-replay", "credentials-together-replay",
                "access-token-after-logout",
            ]
        ) { auditor in
            let target = auditor.target
            let streams =
                kind == .events
                ? target.eventStreams.map { Stream(kind: kind, path: $0) }
                : target.webSockets.map { Stream(kind: kind, path: $0.path, question: $0.question) }
            guard !streams.isEmpty else { return .notApplicable("the target file names none") }
            var last = Finding.pass("")
            for stream in streams {
                let finding = try await examine(stream, auditor)
                if finding.verdict == .fail { return finding }
                if last.verdict != .warning { last = finding }
            }
            return last
        }
    }

    static let events = probe(
        "event-stream-after-logout", "An open event stream ends with its session", clauses: ["ASVS 7.4.1"],
        sends: "a sign-in, each event stream held open, and the sign-out", .events)

    static let webSocket = probe(
        "websocket-after-logout", "An open WebSocket ends with its session", clauses: ["ASVS 4.4.4", "ASVS 7.4.1"],
        sends: "a sign-in, each WebSocket held open, what the file sends there, and the sign-out", .webSocket)
}
