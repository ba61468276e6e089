extension RecordingReader {
    /// Finds the tokens that answers hand out and requests bring, and how they are refreshed.
    mutating func readTokens() {
        readStandingHeaders()
        if draft.access == nil { readTokenCookies() }
        if draft.access == nil { guessToken() }
        for index in begin..<recording.exchanges.count where isRefresh(index) { readRefresh(index) }
        let answer = recording.exchanges[signIn.index].answer
        if maker.places[signIn.index] == maker.signIn.count - 1 {
            TargetDraft.pickTokens(of: answer, in: &maker.signIn, besides: Set(maker.names.keys))
        }
        let keys = recording.exchanges.first { $0.answer.hasKeys && $0.request.address.origin == draft.base.origin }
        draft.publicKey = keys?.request.address.target
        let leaves = JSONValue(text: answer.body).map { RecordedBody.json($0).leaves } ?? []
        if draft.refresh == nil, leaves.contains(where: { FieldWords.isRefresh($0.name) }) {
            draft.notes.append(
                "The sign-in hands out a refresh token, and no refresh was recorded; see `refresh` below.")
        }
    }

    /// Headers of a signed-in client whose values come from the sign-in's answers.
    private mutating func readStandingHeaders() {
        var searched = Set<String>()
        for index in begin..<end {
            let request = recording.exchanges[index].request
            guard request.isSafe else { continue }
            for field in request.headers.fields where isOwn(field.name) {
                guard !draft.headers.contains(where: { $0.name.lowercased() == field.name.lowercased() }) else {
                    continue
                }
                let isAuthorization = field.name.lowercased() == "authorization"
                let (scheme, value) = Self.parts(of: field.value)
                guard !value.isEmpty, searched.count < RecordingLimits.searchedHeaders,
                    searched.insert(value).inserted, let origin = recording.origin(of: value, before: index),
                    let place = signInPlace(of: origin.index)
                else { continue }
                let name = isAuthorization || draft.access == nil ? "access" : FieldWords.pickName(field.name)
                maker.signIn[place].picks.append(Pick(name: name, way: origin.way))
                maker.names[value] = name
                draft.headers.append(
                    Step.Named(
                        name: isAuthorization ? "Authorization" : field.name,
                        value: Template(pieces: scheme.isEmpty ? [.value(name)] : [.text(scheme + " "), .value(name)])))
                if name == "access" { draft.access = .value("access") }
            }
        }
    }

    private func isOwn(_ name: String) -> Bool {
        let name = name.lowercased()
        return name == "authorization" || name.hasPrefix("x-") || name.contains("token")
    }

    /// `Bearer` and the token; no scheme where there is but one word.
    private static func parts(of value: String) -> (scheme: String, value: String) {
        guard let space = value.firstIndex(of: " ") else { return ("", value) }
        return (String(value[..<space]), value[space...].trimmed)
    }

    /// The step of the sign-in whose answer it was; one that came right after the sign-in becomes a step of it.
    private mutating func signInPlace(of index: Int) -> Int? {
        let head = recording.head(of: index)
        if let place = maker.places[head] { return place }
        guard head > signIn.index, !isRefresh(head), draft.access == nil else { return nil }
        maker.signIn += maker.steps(for: head)
        maker.places[head] = maker.signIn.count - 1
        return maker.places[head]
    }

    /// Where a browser has left the tokens out of what it sent, those that it was given are all there is to go by.
    private mutating func guessToken() {
        let answer = recording.exchanges[signIn.index].answer
        guard draft.headers.isEmpty, answer.headers.all("Set-Cookie").isEmpty,
            let pointer = JSONValue(text: answer.body)?.access, let place = maker.places[signIn.index]
        else { return }
        maker.signIn[place].picks.append(Pick(name: "access", way: .json(pointer)))
        draft.headers = [
            Step.Named(name: "Authorization", value: Template(pieces: [.text("Bearer "), .value("access")]))
        ]
        draft.access = .value("access")
        draft.notes.append("That the token goes into `Authorization` is a guess: no request of the recording has it.")
    }

    /// A signed token in a cookie is an access token.
    private mutating func readTokenCookies() {
        for line in recording.exchanges[signIn.index..<end].flatMap({ $0.answer.headers.all("Set-Cookie") }) {
            guard let set = SetCookie(line), !FieldWords.isRefresh(set.name), !FieldWords.isRemember(set.name),
                set.value.hasPrefix("eyJ"), set.value.split(separator: ".").count == 3
            else { continue }
            draft.access = .cookie(set.name)
            return
        }
    }

    // MARK: Refreshing

    private func isRefresh(_ index: Int) -> Bool {
        let exchange = recording.exchanges[index]
        guard !exchange.request.isSafe, exchange.answer.status < 400,
            SignOutWords.kind(exchange.request.address.path) == nil
        else { return false }
        let leaves = RecordedBody(exchange.request).leaves
        return FieldWords.isRefresh(exchange.request.address.path)
            || leaves.contains { $0.name == "grant_type" && FieldWords.isRefresh($0.value) }
    }

    private mutating func readRefresh(_ index: Int) {
        let exchange = recording.exchanges[index]
        guard let token = refreshToken(of: exchange, at: index) else { return }
        let steps = maker.steps(for: index)
        let picks = refreshPicks(of: exchange, token: token)
        guard draft.refresh == nil, var last = steps.last else { return }
        last.picks = picks
        draft.refresh = Target.Refresh(token: token, steps: steps.dropLast() + [last])
    }

    /// What the request refreshes with: a value of the sign-in's answer, or a cookie.
    private mutating func refreshToken(of exchange: Exchange, at index: Int) -> Target.TokenPlace? {
        for leaf in RecordedBody(exchange.request).leaves {
            if maker.names[leaf.value] == "refresh" { return .value("refresh") }
            guard let origin = recording.origin(of: leaf.value, before: index),
                let place = maker.places[recording.head(of: origin.index)], draft.refresh == nil
            else { continue }
            maker.signIn[place].picks.append(Pick(name: "refresh", way: origin.way))
            maker.names[leaf.value] = "refresh"
            return .value("refresh")
        }
        let cookies = RecordedCookies(exchange.request).names
        return cookies.first(where: FieldWords.isRefresh).map { .cookie($0) }
    }

    /// What later requests bring of the answer, under the names that the sign-in gave them.
    private mutating func refreshPicks(of exchange: Exchange, token: Target.TokenPlace) -> [Pick] {
        var picks: [Pick] = []
        guard let answer = JSONValue(text: exchange.answer.body) else { return picks }
        for pick in maker.signIn.flatMap(\.picks) where ["access", "refresh"].contains(pick.name) {
            guard case .json(let pointer) = pick.way, let value = answer[pointer: pointer]?.scalar else { continue }
            picks.append(pick)
            maker.names[value] = pick.name
        }
        return picks
    }
}

/// The names and values of a request's cookies.
struct RecordedCookies: Sendable {
    let pairs: [(name: String, value: String)]

    var names: [String] { pairs.map(\.name) }

    init(_ request: WebRequest) {
        pairs = request.headers.all("Cookie").flatMap { $0.split(separator: ";") }.map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (parts[0].trimmed, parts.count > 1 ? String(parts[1]) : "")
        }
    }
}
