internal import Exeunt
internal import Foundation
internal import Settlement

/// The farthest position at which the servers of a data folder have seen their store, in a file beside it.
///
/// A store that was restored from a backup cannot tell that it was; this can.
struct HighWaterMark: Sendable {
    private struct Content: Codable {
        var epoch: UInt64
        var seq: UInt64
    }

    let path: String

    /// Nil before the first server has run.
    func read() throws(CommandFailure) -> LogPosition? {
        guard SmallFile.exists(path) else { return nil }
        let text = try SmallFile.read(path)
        guard let content = try? JSONDecoder().decode(Content.self, from: Data(text.utf8)) else {
            throw CommandFailure(
                .couldNotTry,
                "\(path) cannot be read; delete it, if the database is not one that was restored from a backup")
        }
        return LogPosition(epoch: content.epoch, seq: content.seq)
    }

    func write(_ position: LogPosition) throws(CommandFailure) {
        try SmallFile.replace(path, text: #"{"epoch":\#(position.epoch),"seq":\#(position.seq)}"# + "\n")
    }

    /// Throws when a store is behind: what has ended since would be live again.
    func check(_ position: LogPosition) throws(CommandFailure) {
        guard let seen = try read(), position < seen else { return }
        throw .behind("its log ends at record \(position.seq), and record \(seen.seq) has been seen (\(path))")
    }
}

extension CommandFailure {
    /// A database that an operator has to decide about before anybody relies on it.
    static func behind(_ how: String) -> CommandFailure {
        CommandFailure(
            .couldNotTry,
            """
            the database is older than what this server has seen of it: \(how). A backup was restored, or a standby took \
            over that had not heard of everything, and sessions that were ended since would be live again. Run `exeunt \
            sessions end --everyone` and start the server again
            """)
    }
}
