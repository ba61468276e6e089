package import Exeunt

extension PostgresStore {
    package func ping() async throws(AuthorityError) { _ = try await head() }

    package func diagnose(at now: Timestamp) async throws(AuthorityError) -> StoreDiagnosis {
        do {
            return try Diagnosis(connection: try door.connect(), now: now).run()
        } catch {
            throw AuthorityError(translating: error)
        }
    }
}
