package import Exeunt

/// A fresh store, and what its own tests know about it that the port does not say.
package struct TestedStore: Sendable {
    package var store: any Store
    /// How many rows have been written so far, in whatever way the store can count them.
    package var rowsWritten: @Sendable () async throws -> Int
    /// Gives a subject that many more live sessions, by a short cut if there is one; they have no remembered logins.
    package var crowd: @Sendable (Subject, Int) async throws -> Void
    /// How many sessions make a crowd.
    package var crowdSize: Int
    /// How many times a race is run.
    package var races: Int

    package init(
        store: any Store, rowsWritten: @escaping @Sendable () async throws -> Int,
        crowd: @escaping @Sendable (Subject, Int) async throws -> Void, crowdSize: Int, races: Int
    ) {
        self.store = store
        self.rowsWritten = rowsWritten
        self.crowd = crowd
        self.crowdSize = crowdSize
        self.races = races
    }
}
