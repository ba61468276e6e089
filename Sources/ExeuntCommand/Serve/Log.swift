internal import Logging

/// The log for operators, on standard error.
enum Log {
    static func make(level: Logger.Level, json: Bool) -> Logger {
        var logger = Logger(label: "exeunt") { label in
            if json { JSONLogHandler(label: label) } else { StreamLogHandler.standardError(label: label) }
        }
        logger.logLevel = level
        return logger
    }
}
