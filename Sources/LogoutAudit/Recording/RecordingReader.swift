/// Makes a target file of a recording: somebody signs in, looks at a few pages, and signs out.
package struct RecordingReader {
    let recording: Recording
    let signIn: RecordedSignIn
    var maker: StepMaker
    var draft: TargetDraft
    /// The first request after the sign-in, and the first that belongs to it no more: another sign-in, or the end.
    let begin, end: Int
    var signOutIndex: Int

    /// The draft; throws what is missing in the recording.
    package static func draft(
        of exchanges: [Exchange], user: String?, password: String?
    ) throws(InvalidRecording) -> TargetDraft {
        var reader = try RecordingReader(exchanges, user: user, password: password)
        reader.readSignIn()
        reader.readTokens()
        try reader.readSignOut()
        reader.readProtected()
        reader.readRemember()
        return reader.finished()
    }

    private init(_ all: [Exchange], user: String?, password: String?) throws(InvalidRecording) {
        let everything = Recording(all)
        guard let first = RecordedSignIn(in: everything.exchanges, user: user, password: password) else {
            throw InvalidRecording(Self.complaint(all))
        }
        let address = everything.exchanges[first.index].request.address
        let base = Self.base(of: everything.exchanges, after: first.index, signIn: address)
        recording = everything.only([address, base])
        guard let signIn = RecordedSignIn(in: recording.exchanges, user: user, password: password) else {
            throw InvalidRecording(Self.complaint(all))
        }
        self.signIn = signIn
        maker = StepMaker(recording: recording, base: base, user: signIn.user, password: signIn.password)
        draft = TargetDraft(base: base)
        let begin = signIn.index + 1
        self.begin = begin
        let rest = Array(recording.exchanges[begin...])
        let next = RecordedSignIn(in: rest, user: signIn.user, password: signIn.password)
        end = next.map { begin + $0.index } ?? recording.exchanges.count
        signOutIndex = end
    }

    private static func complaint(_ all: [Exchange]) -> String {
        let posts = all.filter { !$0.request.isSafe && $0.request.method != "OPTIONS" }
        guard posts.isEmpty || posts.contains(where: { $0.request.body != nil }) else {
            return "the bodies of requests are missing in it, so the sign-in cannot be read; record it again with them"
        }
        let foreign = all.first.flatMap { first in
            all.compactMap(\.redirect).first { $0.host != first.request.address.host }
        }
        if posts.isEmpty, let foreign, !all.contains(where: { $0.request.address.host == foreign.host }) {
            return
                "the sign-in leads to \(foreign.authority), which was not recorded; export a HAR from the browser's developer tools"
        }
        return
            "no sign-in was seen: no request carries a password; clear the cookies, begin to record before the sign-in's page, and sign in"
    }

    /// The application's own origin: that of most pages and data after the sign-in.
    private static func base(of exchanges: [Exchange], after index: Int, signIn: WebAddress) -> WebAddress {
        let inside = exchanges[(index + 1)...].filter { $0.request.method == "GET" && $0.answer.status == 200 }
        // What has nothing in common with the sign-in's host is somebody else's.
        let near = Recording(Array(inside)).only([signIn]).exchanges
        let counts = Dictionary(near.map { ($0.request.address.origin, 1) }, uniquingKeysWith: +)
        let most = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? signIn.origin
        return WebAddress(most) ?? signIn
    }

    private mutating func readSignIn() {
        for index in earlierSteps + [signIn.index] {
            let steps = maker.steps(for: index)
            for step in steps { maker.signIn.append(step) }
            maker.places[index] = maker.signIn.count - 1
        }
        addVisit()
        if !signIn.worked {
            draft.notes.append("The recorded sign-in was refused, as far as can be seen; record one that works.")
        }
        let rest = recording.exchanges[begin..<min(begin + 6, end)]
        let asksMore = rest.contains { exchange in
            !exchange.request.isSafe
                && RecordedBody(exchange.request).leaves.contains { FieldWords.isOneTimeCode($0.name) }
        }
        if asksMore {
            draft.notes.append(
                "A one-time code was asked for. It cannot be written down: let a command sign in (`command:`).")
        }
    }

    /// The requests before the password that said who it is.
    private var earlierSteps: [Int] {
        guard let user = signIn.user else { return [] }
        let last = RecordedBody(recording.exchanges[signIn.index].request).leaves
        // With the name next to the password, nothing before it is needed.
        guard !last.contains(where: { $0.value == user && FieldWords.isUser($0.name) }) else { return [] }
        let index = (0..<signIn.index).last { index in
            let request = recording.exchanges[index].request
            return !request.isSafe && RecordedBody(request).leaves.contains { $0.value == user }
        }
        return index.map { [$0] } ?? []
    }

    /// Visits the page first that set the cookies which the sign-in was sent with.
    private mutating func addVisit() {
        guard let first = maker.signIn.first, case .request(let method, _) = first.action, method != "GET",
            let sent = recording.exchanges[signIn.index].request.headers["Cookie"]
        else { return }
        let setter = (0..<signIn.index).last { index in
            recording.exchanges[index].request.isSafe
                && recording.exchanges[index].answer.headers.all("Set-Cookie").contains { line in
                    SetCookie(line).map { sent.contains("\($0.name)=\($0.value)") } ?? false
                }
        }
        guard let setter else { return }
        maker.signIn.insert(maker.visit(setter), at: 0)
        maker.places = maker.places.mapValues { $0 + 1 }
    }

    private mutating func finished() -> TargetDraft {
        draft.signIn = maker.signIn
        draft.hosts = maker.hosts.sorted()
        draft.notes += maker.notes
        let sets = recording.exchanges.contains { !$0.answer.headers.all("Set-Cookie").isEmpty }
        let sends = recording.exchanges.contains { $0.request.headers["Cookie"] != nil }
        if !sets, !sends, draft.headers.isEmpty {
            draft.notes.append(
                "The recording has no cookies and no tokens: browsers leave them out unless told otherwise (\"Export HAR with sensitive data\"). Check what is picked below."
            )
        }
        return draft
    }
}
