package import Exeunt

/// The log of a store.
package struct StoredLog: MirroredLog {
    private let store: any AuthorityStore

    package init(store: any AuthorityStore) { self.store = store }

    package func records(after: UInt64, limit: Int) async throws(AuthorityError) -> [LoggedRevocation] {
        try await store.log(after: after, limit: limit)
    }

    package func head() async throws(AuthorityError) -> UInt64 { try await store.head() }

    package func heads() -> AsyncStream<UInt64> { store.heads() }
}
