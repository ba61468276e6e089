/// The history of a run, in words; kept only when somebody is going to read it.
final class Chronicle {
    private let isKept: Bool
    private(set) var lines: [String] = []

    init(isKept: Bool) { self.isKept = isKept }

    func tell(_ at: Instant, _ words: @autoclosure () -> String) {
        guard isKept else { return }
        let time = at.description
        lines.append(String(repeating: " ", count: max(0, 9 - time.count)) + time + "  " + words())
    }
}
