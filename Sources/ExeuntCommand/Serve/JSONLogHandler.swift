internal import Exeunt
internal import Logging

/// Writes each message of the log as a JSON object on a line of its own.
struct JSONLogHandler: LogHandler {
    private struct Line: Encodable {
        var at: String
        var level: String
        var message: String
        var error: String?
        var source: String
        var metadata: [String: String]?
    }

    let label: String
    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:]) { $1 }
        let line = Line(
            at: SystemEnvironment.live.now().text, level: event.level.rawValue, message: event.message.description,
            error: event.error.map { "\($0)" }, source: event.source,
            metadata: all.isEmpty ? nil : all.mapValues(\.description))
        guard let text = try? JSONText.line(line) else { return }
        Output.writeError(text + "\n")
    }
}
