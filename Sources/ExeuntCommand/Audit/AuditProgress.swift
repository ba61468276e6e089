internal import LogoutAudit
internal import Synchronization

/// One line on standard error that says what is being tried.
final class AuditProgress: Sendable {
    private let isShown: Bool
    private let total: Int
    private let count = Mutex(0)

    init(isShown: Bool, total: Int) {
        self.isShown = isShown
        self.total = total
    }

    func show(_ progress: Auditor.Progress) {
        guard isShown, case .began(let probe) = progress else { return }
        let number = count.withLock { count in
            count += 1
            return count
        }
        Output.writeError("\r\u{1B}[K\(number) of \(total)  \(probe.title)")
    }

    /// Takes the line away.
    func clear() { if isShown { Output.writeError("\r\u{1B}[K") } }
}
