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
        #expect(reason.contains("version \(Schema.version + 3)") && reason.contains("up to \(Schema.version)"))
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
