internal import Crypto
package import Exeunt
internal import Foundation
internal import Settlement

/// How far the log is in Redis, and of which log: the number of a record, and a digest of that very record.
///
/// A database that was restored or exchanged gives the same number to another record, which has another digest.
package struct MirrorCursor: Hashable, Sendable {
    package var seq: UInt64
    /// Empty where the record itself was not at hand, and at the beginning.
    package var mark: String

    /// Before the first record.
    package static let beginning = MirrorCursor(seq: 0, mark: "")

    package init(seq: UInt64, mark: String) {
        self.seq = seq
        self.mark = mark
    }

    /// Behind a record.
    package init(after record: LoggedRevocation) {
        let revocation = record.revocation
        let target =
            switch revocation.target {
            case .token(let id): "token \(id)"
            case .session(let id): "session \(id)"
            case .subject(let name, let version, let except):
                "subject \(version) \(except.map(\.description) ?? "-") \(name)"
            case .all(let epoch): "all \(epoch)"
            }
        let text = "\(revocation.seq) \(revocation.until) \(record.at.milliseconds) \(record.reason.rawValue) \(target)"
        self.init(
            seq: revocation.seq, mark: Base64URL.encode(Array(SHA256.hash(data: Data(text.utf8)).prefix(12))))
    }
}
