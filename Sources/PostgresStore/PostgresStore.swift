package import Exeunt
internal import Settlement

/// The authority's store in a PostgreSQL database, for any number of nodes.
///
/// A verb that has answered is on the server's disk, and on that of a synchronous standby where there is one. Writes that arrive
/// together share a transaction; reads that arrive together share a round trip. Every wait is bounded, and a connection that has
/// broken is made anew.
package final class PostgresStore: Store {
    /// Threads with a connection each.
    private static let writers = 2
    private static let readers = 3

    let writes: Writes
    /// Reads of one thing by an index.
    let lookUps: Reads
    /// Reads that may take seconds, one at a time, so that they never hold up the short ones.
    let slow: Reads
    /// What a node says of itself and hears of the others, which nothing else may hold up.
    let control: Reads
    let listener: HeadListener
    let door: Door

    /// Connects to a database and brings its tables up to date; with `filling`, one that is to be filled from another store.
    ///
    /// Throws `storeUnavailable` when it does not answer, or was written by a newer program.
    package init(uri: DatabaseURI, filling: Bool = false, schema: Schema = .current) throws(AuthorityError) {
        do {
            let connection = try PostgresConnection(uri: uri.text)
            try schema.migrate(connection)
            let door = Door(uri: uri.text, schema: schema)
            if !filling, try Self.isBeingFilled(connection) {
                throw AuthorityError.storeUnavailable(
                    reason:
                        "the database is not whole: `exeunt migrate` into it was broken off; run it again to the end")
            }
            let head = try connection.exchange([Statement("SELECT head FROM authority")])[0].first { $0.number(0) }
            let listener = HeadListener(head: UInt64(clamping: head ?? 0), door: door)
            writes = Writes(Self.writers, door: door) { listener.publish($0) }
            lookUps = Reads(Self.readers, named: "exeunt reads", door: door, atOnce: 32)
            slow = Reads(1, named: "exeunt slow reads", door: door, atOnce: 1)
            control = Reads(1, named: "exeunt node", door: door, atOnce: 32)
            self.listener = listener
            self.door = door
        } catch {
            throw AuthorityError(translating: error)
        }
    }

    /// Finishes what is under way and closes the connections; every verb throws `storeUnavailable` from then on.
    package func close() {
        writes.close()
        listener.close()
        for reads in [lookUps, slow, control] { reads.close() }
    }

    /// How many transactions have been committed since the start; with many writers at once, far fewer than writes.
    package var commitCount: Int { writes.commits }
}
