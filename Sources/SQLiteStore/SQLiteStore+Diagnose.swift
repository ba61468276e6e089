package import Exeunt
internal import Foundation
internal import GRDB

extension SQLiteStore {
    package func ping() async throws(AuthorityError) {
        guard file.isInPlace else { throw .fileIsGone }
        _ = try await head()
    }

    package func diagnose(at now: Timestamp) async throws(AuthorityError) -> StoreDiagnosis {
        let path = path
        return try await readAtLength { try Diagnosis(db: $0, now: now, path: path).run() }
    }
}
