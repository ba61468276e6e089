internal import Exeunt
internal import Settlement

/// A record of the log before it has a number.
struct LogEntry {
    var target: Revocation.Target
    var reason: EndingReason
    var at: Timestamp
    var until: Timestamp
}
