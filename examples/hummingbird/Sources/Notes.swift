import Synchronization

/// Everybody's notes, for as long as the process runs.
final class Notes: Sendable {
    /// Notes of one person, and characters of one note: it is only memory.
    private static let most = 100
    private static let longest = 500

    private let notes = Mutex<[String: [String]]>([:])

    func of(_ subject: String) -> [String] { notes.withLock { $0[subject] ?? [] } }

    func add(_ text: String, of subject: String) {
        guard !text.isEmpty else { return }
        let note = String(text.prefix(Self.longest))
        notes.withLock { $0[subject] = Array(([note] + ($0[subject] ?? [])).prefix(Self.most)) }
    }
}
