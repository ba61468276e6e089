/// Tells the answers for those who are signed in from the others at one address, by examples of both.
struct RefusalRule: Sendable {
    /// What of a visit counts: where it led, and the words that are on the page.
    struct Sample: Hashable, Sendable {
        var status: Int
        var path: String
        /// The path of the first redirect, and that of one that was not followed.
        var redirect: String?
        var end: String?
        var words: Set<String>

        /// Nil for a visit without an answer.
        init?(_ visit: [Exchange]) {
            guard let first = visit.first, let last = visit.last else { return nil }
            status = last.answer.status
            path = last.request.address.path
            redirect = first.redirect?.path
            end = last.redirect?.path
            let text = last.answer.body + " " + (last.answer.headers["Content-Disposition"] ?? "")
            words = Set(text.split { !($0.isLetter || $0.isNumber) }.map { $0.lowercased() }.filter { $0.count > 1 })
        }

        var key: String { "\(status) \(path)" + (end.map { " to \($0)" } ?? "") }
    }

    private let stated: Target.Refusal
    private let shows: String?
    private let inKeys, outKeys: Set<String>
    private let inCommon: Set<String>
    private let outRedirects: Set<String>
    private let inMarks, outMarks: Set<String>

    init(signedIn: [Sample], signedOut: [Sample], stated: Target.Refusal = .init(), shows: String? = nil) {
        self.stated = stated
        self.shows = shows
        inKeys = Set(signedIn.map(\.key))
        outKeys = Set(signedOut.map(\.key))
        outRedirects = Set(signedOut.compactMap(\.redirect)).subtracting(signedIn.compactMap(\.redirect))
        inCommon = Self.common(signedIn)
        inMarks = signedOut.reduce(Self.common(signedIn)) { $0.subtracting($1.words) }
        outMarks = signedIn.reduce(Self.common(signedOut)) { $0.subtracting($1.words) }
    }

    private static func common(_ samples: [Sample]) -> Set<String> {
        samples.dropFirst().reduce(samples.first?.words ?? []) { $0.intersection($1.words) }
    }

    /// Whether a redirect alone is a refusal already, so that it need not be followed.
    func isRefusal(_ exchange: Exchange) -> Bool {
        exchange.redirect.map { outRedirects.contains($0.path) } ?? false
    }

    func judge(_ visit: [Exchange]) -> Judgement {
        guard let sample = Sample(visit), let last = visit.last else { return .unclear("there was no answer") }
        let status = sample.status
        if matchesStated(visit) { return .refused }
        if visit.contains(where: isRefusal) { return .refused }
        if [408, 425, 429].contains(status) || status >= 500 { return .unclear("it was answered \(status)") }
        if let shows, last.answer.body.contains(shows) { return .accepted }
        if status == 401 || status == 403, !inKeys.contains(sample.key) { return .refused }
        let judgement = inKeys.isDisjoint(with: outKeys) ? byPlace(sample) : byWords(sample)
        if shows != nil, judgement == .accepted { return .unclear("it is missing what the page shows when signed in") }
        return judgement
    }

    private func matchesStated(_ visit: [Exchange]) -> Bool {
        guard let last = visit.last else { return false }
        if stated.statuses.contains(last.answer.status) { return true }
        if let text = stated.text, last.answer.body.contains(text) { return true }
        guard let redirect = stated.redirect else { return false }
        return visit.contains { exchange in
            exchange.redirect.map { $0.path == exchange.request.address.resolving(redirect)?.path } ?? false
        }
    }

    /// Where signed-in and signed-out visits end at different places or with different statuses.
    private func byPlace(_ sample: Sample) -> Judgement {
        if outKeys.contains(sample.key) { return .refused }
        guard inKeys.contains(sample.key) else {
            return .unclear("it was answered \(sample.key), like neither a signed-in nor a signed-out request")
        }
        if !inCommon.isEmpty, Self.share(of: inCommon, in: sample.words) < 0.5 {
            return .unclear("the status is that of a signed-in request, and the content is not")
        }
        return .accepted
    }

    /// Where only the content differs.
    private func byWords(_ sample: Sample) -> Judgement {
        let inShare = Self.share(of: inMarks, in: sample.words)
        let outShare = Self.share(of: outMarks, in: sample.words)
        if !inMarks.isEmpty, inShare >= 0.5, inShare > outShare { return .accepted }
        if !outMarks.isEmpty, outShare >= 0.5, outShare > inShare { return .refused }
        if outMarks.isEmpty, !inMarks.isEmpty, inShare < 0.2, outKeys.contains(sample.key) { return .refused }
        return .unclear("its content is like neither that of a signed-in nor of a signed-out request")
    }

    private static func share(of marks: Set<String>, in words: Set<String>) -> Double {
        marks.isEmpty ? 0 : Double(marks.intersection(words).count) / Double(marks.count)
    }
}
