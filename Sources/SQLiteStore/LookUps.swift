internal import Exeunt
internal import Foundation
internal import GRDB
internal import Synchronization

/// Connections for reading one thing at a time on the calling thread, without asking anybody.
///
/// The driver's pool costs more than such a lookup does, and a hop to another thread and back as much again; a stack of
/// connections costs next to nothing. There are as many of them as threads have looked something up at the same moment,
/// so nobody waits for one.
final class LookUps: Sendable {
    private struct State {
        var idle: [DatabaseQueue] = []
        var isClosed = false
    }

    /// Idle connections kept for the next burst; more than threads run at once are closed when they come back.
    private let kept = 2 * ProcessInfo.processInfo.activeProcessorCount + 2
    private let path: String
    private let state: Mutex<State>

    /// Opens the first connection to a database that is there and up to date.
    init(path: String) throws {
        self.path = path
        state = Mutex(State())
        give(back: try Self.connect(to: path))
    }

    /// Runs a single statement, which sees one state of the database and so needs no transaction.
    func read<Value>(_ read: (Database) throws -> Value) throws -> Value {
        let connection = try take()
        defer { give(back: connection) }
        return try connection.unsafeRead(read)
    }

    /// Refuses everything from now on.
    func close() {
        let idle = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        for connection in idle { try? connection.close() }
    }

    private func take() throws -> DatabaseQueue {
        let connection = try state.withLock { state in
            if state.isClosed { throw AuthorityError.storeUnavailable(reason: "the store is closed") }
            return state.idle.popLast()
        }
        return try connection ?? Self.connect(to: path)
    }

    private func give(back connection: DatabaseQueue) {
        let isKept = state.withLock { state in
            guard !state.isClosed, state.idle.count < kept else { return false }
            state.idle.append(connection)
            return true
        }
        if !isKept { try? connection.close() }
    }

    private static func connect(to path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(SQLiteStore.busyTimeout)
        configuration.prepareDatabase { db in
            // Room for the upper levels of every index, in kibibytes.
            try db.execute(sql: "PRAGMA cache_size = -8192")
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }
}
