/// Statements that are sent together, each with what is to become of its result.
struct Reading {
    private var statements: [Statement] = []
    private var takers: [(PostgresResult) throws -> Void] = []

    mutating func add(_ statement: Statement, _ take: @escaping (PostgresResult) throws -> Void = { _ in }) {
        statements.append(statement)
        takers.append(take)
    }

    func run(on connection: PostgresConnection) throws {
        for (result, take) in zip(try connection.exchange(statements), takers) { try take(result) }
    }
}
