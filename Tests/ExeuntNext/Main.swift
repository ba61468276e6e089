internal import ExeuntCommand
internal import Foundation
internal import PostgresStore

/// The program as a later version may be: with another step of the tables, which those before it must not work with
/// where `NEXT_BREAKS` is set.
@main
enum Main {
    static func main() async {
        let breaks = ProcessInfo.processInfo.environment["NEXT_BREAKS"] != nil
        let shipped = Program.current
        let step = Schema.Step(additions, leastVersion: breaks ? shipped.schema.version + 1 : 1)
        let next = Program(version: "\(shipped.version)-next", schema: shipped.schema.adding(step))
        await Program.$current.withValue(next) { await EntryPoint.main() }
    }

    /// On tables that are written to all the time, in an order in which no writer takes them.
    private static let additions = [
        "ALTER TABLE revocations ADD COLUMN note text",
        "ALTER TABLE sessions ADD COLUMN note text, ADD COLUMN noted_at bigint NOT NULL DEFAULT 0",
        "ALTER TABLE subjects ADD COLUMN note text",
        "CREATE TABLE notes (session bytea PRIMARY KEY, note text NOT NULL)",
        "CREATE INDEX sessions_by_note ON sessions (noted_at) WHERE note IS NOT NULL",
    ]
}
