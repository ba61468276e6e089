import Logging
import Synchronization

/// What was logged, at warning and above and at notice.
final class HeardLog: Sendable {
    private let lines = Mutex<[String]>([])

    var logger: Logger {
        Logger(label: "test") { _ in Handler(tell: { line in self.lines.withLock { $0.append(line) } }) }
    }

    func count(of level: Logger.Level) -> Int {
        lines.withLock { $0.filter { $0.hasPrefix("\(level) ") }.count }
    }

    var text: String { lines.withLock { $0.joined(separator: "\n") } }

    private struct Handler: LogHandler {
        let tell: @Sendable (String) -> Void
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            tell("\(event.level) \(event.message) \(event.metadata ?? [:])")
        }
    }
}
