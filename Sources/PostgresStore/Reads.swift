internal import Exeunt
internal import Synchronization

/// Reads of one statement each, with what must go before it.
///
/// Those that come together go out together.
final class Reads: Sendable {
    private struct Read: Sendable {
        let statements: [Statement]
        let finish: @Sendable (Result<PostgresResult, PostgresFailure>) -> Void
    }

    private let threads: Threads<Read>

    init(_ count: Int, named name: String, door: Door, atOnce: Int) {
        threads = Threads(count, named: name, door: door, capacity: Limits.pendingWrites, atOnce: atOnce) {
            Self.answer($0, &$1, $2)
        }
    }

    func close() { threads.close() }

    /// What `read` makes of a statement's result; `first` goes before it in the same transaction.
    func read<Value: Sendable>(
        _ statement: Statement, after first: [Statement] = [],
        _ read: @escaping @Sendable (PostgresResult) throws -> Value
    ) async throws(AuthorityError) -> Value {
        let result: Result<Value, AuthorityError> = await withCheckedContinuation { continuation in
            let job = Read(statements: first + [statement]) { outcome in
                let value = Result { try read(try outcome.get()) }
                continuation.resume(returning: value.mapError(AuthorityError.init(translating:)))
            }
            if let refusal = threads.add(job) { continuation.resume(returning: .failure(refusal)) }
        }
        return try result.get()
    }

    /// A connection may have broken since it was used last; reading does no harm, so it is tried once more on a new one.
    private static func answer(_ reads: [Read], _ connection: inout PostgresConnection?, _ door: Door) {
        var failure = PostgresFailure.lost("")
        for _ in 0..<2 {
            do throws(PostgresFailure) {
                let present: PostgresConnection
                if let connection { present = connection } else { present = try door.connect() }
                connection = present
                let outcomes = try present.exchangeEach(reads.map(\.statements)).compactMap(\.last)
                let ending = outcomes.compactMap(\.failure).first(where: \.endsConnection)
                if let ending { throw ending }
                for (read, outcome) in zip(reads, outcomes) { read.finish(outcome) }
                return
            } catch {
                connection = nil
                failure = error
            }
        }
        for read in reads { read.finish(.failure(failure)) }
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
