import NIOCore
import NIOPosix

/// One run of a plan, all on one event loop.
final class LoadRun {
    private enum Phase { case warmingUp, measuring, over }

    private let plan: Plan
    private let loop: any EventLoop
    private let done: EventLoopPromise<Report>
    private var script: any Script
    private var measurements: Measurements
    private var failures: [String] = []
    private var phase = Phase.warmingUp
    private var startedAt = NIODeadline.now()
    private var serverAtStart: Double?
    private var ownAtStart = 0.0
    private var busy: Set<Int> = []
    private var report: Report?

    private init(_ plan: Plan, script: any Script, loop: any EventLoop, done: EventLoopPromise<Report>) {
        self.plan = plan
        self.script = script
        self.loop = loop
        self.done = done
        measurements = Measurements(steps: script.steps.count)
    }

    /// Runs a plan on a loop and tells what was measured.
    static func run(_ plan: Plan, on loop: any EventLoop) -> EventLoopFuture<Report> {
        let done = loop.makePromise(of: Report.self)
        loop.execute {
            do {
                LoadRun(plan, script: try script(of: plan), loop: loop, done: done).connect()
            } catch {
                done.fail(error)
            }
        }
        return done.futureResult
    }

    private static func script(of plan: Plan) throws -> any Script {
        let tokens = try Plan.lines(plan.tokens)
        switch plan.scenario {
        case .each, .streams: return EachScript(plan.requests[0], tokens: tokens, isOnce: plan.once)
        case .follow: return FollowScript(plan.requests[0], connections: plan.connections)
        case .refresh: return RefreshScript(plan.requests[0], tokens: tokens, connections: plan.connections)
        case .turnover:
            return TurnoverScript(
                ending: plan.requests[0], opening: plan.requests[1], tokens: tokens,
                subjects: try plan.subjects.map(Plan.lines) ?? ["somebody"], connections: plan.connections)
        }
    }

    private func connect() {
        let bound = NIOLoopBound(self, eventLoop: loop)
        let connections = (0..<plan.connections).map { number in
            ClientBootstrap(group: loop)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let connection = LoadConnection(number: number, run: bound.value)
                        try channel.pipeline.syncOperations.addHandler(connection)
                    }
                }
                .connect(host: "127.0.0.1", port: plan.ports[number % plan.ports.count])
        }
        EventLoopFuture.whenAllSucceed(connections, on: loop).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let channels):
                if self.plan.staysAwake { Wakefulness.keep(self.loop, done: self.done) }
                self.begin(channels)
            case .failure(let error): self.done.fail(error)
            }
        }
    }

    private func begin(_ channels: [any Channel]) {
        busy = Set(channels.indices)
        for channel in channels {
            (try? channel.pipeline.syncOperations.handler(type: LoadConnection.self))?.sendNext()
        }
        let warmup = TimeAmount.nanoseconds(Int64(plan.warmupSeconds * 1e9))
        loop.assumeIsolated().scheduleTask(in: warmup) {
            guard self.phase == .warmingUp else { return }
            self.measure()
            self.loop.assumeIsolated().scheduleTask(in: .nanoseconds(Int64(self.plan.seconds * 1e9))) { self.end() }
        }
    }

    private func measure() {
        phase = .measuring
        serverAtStart = ProcessorTime.seconds(of: plan.serverPids)
        ownAtStart = ProcessorTime.own
        startedAt = .now()
    }

    /// Stops counting; the requests that are under way are still answered, so that no token is lost.
    private func end() {
        guard phase != .over else { return }
        if phase == .warmingUp { measure() }
        phase = .over
        let seconds = Double((NIODeadline.now() - startedAt).nanoseconds) / 1e9
        let serverAtEnd = ProcessorTime.seconds(of: plan.serverPids)
        report = measurements.report(
            steps: script.steps, seconds: seconds,
            server: serverAtStart.flatMap { start in serverAtEnd.map { $0 - start } },
            own: ProcessorTime.own - ownAtStart)
        if busy.isEmpty { tell() }
    }

    private func tell() {
        guard var report else { return }
        report.failures = failures
        do {
            if let path = plan.tokensLeft { try Plan.write(script.tokensLeft, to: path) }
            done.succeed(report)
        } catch {
            done.fail(error)
        }
    }

    // MARK: For the connections

    func write(for connection: Int, to buffer: inout ByteBuffer) -> Int? {
        phase == .over ? nil : script.write(for: connection, to: &buffer)
    }

    func took(_ answer: Answer, of step: Int, for connection: Int, after latency: TimeAmount) {
        script.took(answer, of: step, for: connection)
        if phase == .measuring { measurements.add(latency.nanoseconds, status: answer.status, step: step) }
    }

    /// A connection has nothing more to send.
    func finished(_ connection: Int) {
        guard busy.remove(connection) != nil, busy.isEmpty else { return }
        if phase == .over { tell() } else { end() }
    }

    /// A connection is broken.
    func failed(_ connection: Int, _ what: String) {
        if failures.count < 10 { failures.append("connection \(connection): \(what)") }
        finished(connection)
    }
}
