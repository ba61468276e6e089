extension RecordingReader {
    /// Finds the request that signed out, and those that ended other sessions.
    mutating func readSignOut() throws(InvalidRecording) {
        var found: [SignOutWords.Kind: Int] = [:]
        // By words, and of several the first that may change something.
        for wantsUnsafe in [true, false] {
            for index in begin..<recording.exchanges.count
            where recording.exchanges[index].request.isSafe != wantsUnsafe {
                guard let kind = kind(of: index), recording.exchanges[index].answer.status < 400 else { continue }
                if found[kind] == nil { found[kind] = index }
            }
        }
        if found[.this] == nil { found[.this] = deletion ?? found[.everywhere] }
        guard let index = found[.this] else {
            throw InvalidRecording(
                "no sign-out was seen after the sign-in; sign out before the recording ends, with the button that people use"
            )
        }
        if found[.everywhere] == index { found[.everywhere] = nil }
        draft.signOut = maker.steps(for: index)
        signOutIndex = index
        if let index = found[.everywhere] { draft.everywhere = maker.steps(for: index) }
        if let index = found[.others] { draft.others = maker.steps(for: index) }
    }

    private func kind(of index: Int) -> SignOutWords.Kind? {
        let request = recording.exchanges[index].request
        if let kind = SignOutWords.kind(request.address.path) { return kind }
        let name = request.address.path.split(separator: "/").last ?? ""
        // Refresh tokens are revoked (RFC 7009) where there is no session to end.
        if !request.isSafe, ["revoke", "revocation", "blacklist", "invalidate"].contains(name.lowercased()) {
            return .this
        }
        if request.method == "DELETE" || RecordedBody(request).leaves.contains(where: { $0.name == "_method" }) {
            return ["session", "sessions", "login", "token", "auth"].contains(name.lowercased()) ? .this : nil
        }
        return nil
    }

    /// The last request before the end that may change something, and that deletes a cookie.
    private var deletion: Int? {
        (begin..<end).last { index in
            let exchange = recording.exchanges[index]
            let sent = RecordedCookies(exchange.request).names
            return !exchange.request.isSafe
                && exchange.answer.headers.all("Set-Cookie").contains { line in
                    SetCookie(line).map { set in
                        // What was deleted when it was recorded is in the past now.
                        (set.isDeletion(at: Int64.max) && set.value.isEmpty || (set.maxAge ?? 1) <= 0)
                            && sent.contains(set.name)
                    } ?? false
                }
        }
    }

    // MARK: What is protected

    private static let shown = [
        "text/html", "application/xhtml+xml", "application/json", "text/csv", "application/pdf",
    ]

    /// Finds the addresses that the signed-in fetched, and that nobody else was shown.
    mutating func readProtected() {
        let outside = recording.exchanges.indices.filter { $0 < signIn.index || ($0 > signOutIndex && $0 < end) }
        let open = Set(
            outside.map { recording.exchanges[$0] }.filter { $0.answer.status == 200 }.map(\.request.address.target))
        var paths: [String] = []
        var omitted = 0
        for exchange in recording.exchanges[begin..<max(begin, signOutIndex)] {
            let (request, answer) = (exchange.request, exchange.answer)
            guard request.method == "GET", request.address.origin == draft.base.origin else { continue }
            let path = request.address.target
            if answer.status == 101 || request.headers["Upgrade"]?.lowercased() == "websocket" {
                if !draft.webSockets.contains(path) { draft.webSockets.append(path) }
            } else if answer.mediaType == "text/event-stream" {
                if !draft.eventStreams.contains(path) { draft.eventStreams.append(path) }
            } else if answer.status == 200, isShown(answer), !open.contains(path), !paths.contains(path) {
                let isSignInPage =
                    SignOutWords.isSignIn(path) && HTMLForm.all(in: answer.body).contains(where: \.hasPassword)
                if isSignInPage || SignOutWords.kind(path) != nil { continue }
                if tells(path) { omitted += 1 } else { paths.append(path) }
            }
        }
        draft.protected = Self.chosen(paths)
        if omitted > 0 {
            draft.notes.append("\(omitted) of the addresses had the user's name or a token in them, and were left out.")
        }
    }

    private func isShown(_ answer: WebAnswer) -> Bool {
        Self.shown.contains(answer.mediaType) || answer.mediaType.hasSuffix("+json")
            || answer.headers["Content-Disposition"]?.lowercased().hasPrefix("attachment") == true
    }

    /// Whether an address would tell who recorded it.
    private func tells(_ path: String) -> Bool {
        let decoded = FormText.decoded(path)
        let secrets = [signIn.password] + maker.names.keys
        if let user = signIn.user, decoded.split(whereSeparator: { "/?&=".contains($0) }).contains(Substring(user)) {
            return true
        }
        let query = RecordedBody.pairs(String(path.drop { $0 != "?" }.dropFirst()))
        if query.contains(where: { $0.value == signIn.password }) { return true }
        return secrets.contains { $0.count >= RecordingLimits.shortestValue && decoded.contains($0) }
    }

    /// A few of them, with as many kinds of paths as there are.
    private static func chosen(_ paths: [String]) -> [String] {
        // Numbers in them are things of one kind.
        var kinds = Set<String>()
        let first = paths.filter { kinds.insert($0.filter { !$0.isNumber }).inserted }
        return Array((first + paths.filter { !first.contains($0) }).prefix(RecordingLimits.protected))
    }

    // MARK: Remember-me

    /// Keeps the remember-me that was ticked apart from the ordinary sign-in.
    mutating func readRemember() {
        guard let last = maker.signIn.indices.last(where: { hasRemember(maker.signIn[$0]) }) else { return }
        let remembering = maker.signIn
        maker.signIn[last].fill.removeAll { FieldWords.isRemember($0.name) }
        if case .fields(let fields) = maker.signIn[last].body {
            maker.signIn[last].body = .fields(fields.filter { !FieldWords.isRemember($0.name) })
        }
        if case .json(.object(let members)) = maker.signIn[last].body {
            maker.signIn[last].body = .json(
                .object(
                    members.map { FieldWords.isRemember($0.name) ? .init(name: $0.name, value: .literal("false")) : $0 }
                ))
        }
        let sets = recording.exchanges[signIn.index..<min(end, begin + 4)].flatMap {
            $0.answer.headers.all("Set-Cookie").compactMap { SetCookie($0) }
        }
        if let cookie = sets.first(where: { FieldWords.isRemember($0.name) })?.name {
            draft.remember = Target.Remember(cookie: cookie, signIn: remembering)
        } else {
            draft.rememberSteps = remembering
        }
    }

    private func hasRemember(_ step: Step) -> Bool {
        if step.fill.contains(where: { FieldWords.isRemember($0.name) }) { return true }
        switch step.body {
        case .fields(let fields): return fields.contains { FieldWords.isRemember($0.name) }
        case .json(.object(let members)):
            return members.contains { FieldWords.isRemember($0.name) && $0.value == .literal("true") }
        default: return false
        }
    }
}
