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

    private static func request(_ path: String, _ kind: Kind, from device: Device) throws -> WebRequest {
        var request = try device.get(path)
        request.headers["Accept"] = kind == .events ? "text/event-stream" : nil
        request.headers["Origin"] = kind == .webSocket ? device.target.base.origin : nil
        request.headers["User-Agent"] = "exeunt-audit"
        request.headers["Cookie"] = device.jar.header(for: request.address)
        return request
    }

    /// Listens while `body` runs.
    private static func listen<Value: Sendable>(
        to request: WebRequest, _ kind: Kind, _ auditor: Auditor,
        _ body: @escaping @Sendable (Ear) async throws -> Value
    ) async throws -> Value? {
        let ear = Ear(clock: auditor.surroundings)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                switch kind {
                case .events: try await auditor.wire.listen(request) { ear.hear($0) }
                case .webSocket: try await auditor.wire.converse(request) { ear.hear($0) }
                }
                return nil
            }
            group.addTask { try await body(ear) }
            var value: Value?
            while value == nil, let result = try await group.next() { value = result }
            group.cancelAll()
            return value
        }
    }

    private static func examine(_ path: String, _ kind: Kind, _ auditor: Auditor) async throws -> Finding {
        let name = kind == .events ? "the stream \(path)" : "the WebSocket \(path)"
        let anonymous = try request(path, kind, from: auditor.freshDevice())
        let isPublic = try await listen(to: anonymous, kind, auditor) { ear in
            try await ear.wait(.seconds(1)) { $0.isOver || $0.isOpen }
            try await ear.wait(.milliseconds(200)) { $0.isOver }
            return ear.isOpen && !ear.isOver
        }
        if isPublic == true { return .notApplicable("\(name) is open to anybody") }
        let device = try await auditor.signedInDevice()
        let finding = try await listen(to: try request(path, kind, from: device), kind, auditor) { ear in
            try await ear.wait(.seconds(5)) { $0.isOver || $0.isOpen }
            // A connection that ends by itself would show nothing.
            try await ear.wait(.milliseconds(300)) { $0.isOver }
            guard ear.isOpen, !ear.isOver else {
                return Finding.couldNotTell("\(name) did not open, or did not stay open, for a signed-in client")
            }
            var device = device
            let exchanges = try await device.perform(auditor.target.signOut)
            // What was under way when the sign-out was answered is no fault.
            let answered = auditor.surroundings.elapsed() + .milliseconds(100)
            try await ear.wait(auditor.target.patience) { $0.isOver }
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
            let paths = kind == .events ? auditor.target.eventStreams : auditor.target.webSockets
            guard !paths.isEmpty else { return .notApplicable("the target file names none") }
            var last = Finding.pass("")
            for path in paths {
                let finding = try await examine(path, kind, auditor)
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
        sends: "a sign-in, each WebSocket held open, and the sign-out", .webSocket)
}
