import Exeunt
import Settlement
import Testing

@testable import PostgresStore

@Suite("The tables in PostgreSQL")
struct SchemaTests {
    private func execute(_ sql: String, in uri: DatabaseURI) throws {
        _ = try PostgresConnection(uri: uri.text).exchange([Statement(sql)])
    }

    @Test func `servers that start at once on a new database all find it ready`() async throws {
        let uri = try TestCluster.makeDatabase()
        try await withThrowingTaskGroup(of: UInt64.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    let store = try PostgresStore(uri: uri)
                    defer { store.close() }
                    return try await store.head()
                }
            }
            for try await head in group { #expect(head == 0) }
        }
    }

    @Test func `a later program's tables are no hindrance as long as it says that they are none`() throws {
        let uri = try TestCluster.makeDatabase()
        try PostgresStore(uri: uri).close()
        try execute("UPDATE exeunt_schema SET version = version + 3", in: uri)
        try PostgresStore(uri: uri).close()
        try execute("UPDATE exeunt_schema SET least_version = version", in: uri)
        let error = #expect(throws: AuthorityError.self) { try PostgresStore(uri: uri) }
        guard case .storeUnavailable(let reason) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(
            reason.contains("version \(Schema.current.version + 3)")
                && reason.contains("up to \(Schema.current.version)"))
    }

    @Test func `a step that breaks goes on to bar earlier programs when a step that does not follows it`() throws {
        let uri = try TestCluster.makeDatabase()
        try PostgresStore(uri: uri).close()
        let broken = Schema.current.adding(
            .init(["CREATE TABLE one (a bigint)"], leastVersion: Schema.current.version + 1))
        try PostgresStore(uri: uri, schema: broken).close()
        #expect(throws: AuthorityError.self) { try PostgresStore(uri: uri) }
        try PostgresStore(uri: uri, schema: broken.adding(.init(["CREATE TABLE two (a bigint)"], leastVersion: 1)))
            .close()
        #expect(throws: AuthorityError.self) { try PostgresStore(uri: uri) }
        try PostgresStore(uri: uri, schema: broken).close()
    }

    @Test func `a program at work is sent away by a step that breaks, and only by one`() async throws {
        let uri = try TestCluster.makeDatabase()
        let old = try PostgresStore(uri: uri)
        defer { old.close() }
        let added = Schema.current.adding(.init(["ALTER TABLE sessions ADD COLUMN a bigint"], leastVersion: 1))
        let new = try PostgresStore(uri: uri, schema: added)
        defer { new.close() }
        #expect(try await old.head() == 0)
        let broken = added.adding(.init(["ALTER TABLE sessions DROP COLUMN a"], leastVersion: added.version + 1))
        let newest = try PostgresStore(uri: uri, schema: broken)
        defer { newest.close() }
        for store in [old, new] {
            let error = await #expect(throws: AuthorityError.self) {
                // The first notices that its connection is gone.
                for _ in 0..<5 {
                    do { _ = try await store.head() } catch AuthorityError.storeUnavailable(let reason) {
                        if reason.contains("version \(broken.version) at the least") {
                            throw AuthorityError.storeUnavailable(reason: reason)
                        }
                    }
                    try await Task.sleep(for: .milliseconds(100))
                }
            }
            #expect(error != nil)
        }
        #expect(try await newest.head() == 0)
    }

    @Test func `what PostgreSQL has no character for is kept all the same`() async throws {
        let test = try TestStore()
        var event = AuditEvent(.signInFailed, at: .init(milliseconds: 1_800_000_000_000), by: .authority)
        event.reason = "a\0b"
        try await test.store.record(event)
        #expect(try await test.store.auditEvents(AuditFilter()).map(\.reason) == ["a\u{FFFD}b"])
    }

    @Test(arguments: [
        ("postgres://ada:secret@db/exeunt", "postgres://ada:***@db/exeunt"),
        (
            "postgresql://a,b/exeunt?sslmode=require&password=secret",
            "postgresql://a,b/exeunt?sslmode=require&password=***"
        ),
        ("postgres:///exeunt?host=/run/postgresql", "postgres:///exeunt?host=/run/postgresql"),
    ])
    func `a password in the URI is never shown`(text: String, shown: String) throws {
        #expect(try #require(DatabaseURI(text)).description == shown)
    }

    @Test(arguments: ["", "exeunt.sqlite", "mysql://db/exeunt", "postgres://db/exeunt?colour=red", "host=db"])
    func `what libpq would not understand is no URI`(text: String) {
        #expect(DatabaseURI(text) == nil)
    }

    @Test func `a server that is not there is told of at once, and again and again`() throws {
        let uri = try #require(DatabaseURI("postgres://127.0.0.1:1/exeunt"))
        for _ in 0..<3 {
            let error = #expect(throws: AuthorityError.self) { try PostgresStore(uri: uri) }
            guard case .storeUnavailable(let reason) = error else {
                Issue.record("another error: \(String(describing: error))")
                return
            }
            #expect(reason.contains("PostgreSQL") && reason.contains("127.0.0.1"))
        }
    }
}
