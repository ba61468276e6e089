import Logging

/// A log that nobody reads.
struct SilentLog: LogHandler {
    static let logger = Logger(label: "silent") { _ in SilentLog() }

    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.critical

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {}
}
