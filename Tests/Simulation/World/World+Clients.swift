internal import Settlement

extension World {
    /// Somebody signs in, refreshes or signs out; sometimes two of them in the same instant.
    mutating func clientsAct() {
        guard !isCalm else { return }
        plan(.clientsAct, in: random.span(.milliseconds(0), weather.betweenActs + weather.betweenActs))
        let subject = anySubject()
        switch random.number(0...99) {
        case 0..<35: ask(.signIn(subject))
        case 35..<55:
            if let session = anySession() { ask(.refresh(session)) }
        case 55..<75:
            guard let session = anySession() else { return }
            let alsoRefreshes = random.percent(50)
            askTogether(.logout(.session(session)), alsoRefreshes ? .refresh(session) : nil)
        case 75..<82:
            guard !checker.tokens.isEmpty else { return }
            let token = checker.tokens.count - 1 - random.index(below: min(6, checker.tokens.count))
            ask(.logout(.token(token, id: checker.tokens[token].claims.token)))
        case 82..<91:
            askTogether(.logout(.everywhere(subject)), random.percent(70) ? .signIn(subject) : nil)
        case 91..<98:
            guard let session = anySession() else { return }
            ask(.logout(.elsewhere(store.sessions[session].subject, keeping: session)))
        default: ask(.logout(.everyone))
        }
    }

    private mutating func anySubject() -> Subject { Subject.allCases[random.index(below: Subject.allCases.count)] }

    /// One of the newest sessions, live or not.
    private mutating func anySession() -> Int? {
        let count = store.sessions.count
        return count == 0 ? nil : count - 1 - random.index(below: min(6, count))
    }

    private mutating func askTogether(_ act: Act, _ other: Act?) {
        guard let other else { return ask(act) }
        let isFirst = random.percent(50)
        ask(isFirst ? act : other)
        ask(isFirst ? other : act)
    }

    /// Asks a node; or, now and then, does it with a command.
    mutating func ask(_ act: Act) {
        guard case .logout = act, flaw != .numbersBeforeCommit, random.percent(weather.commands) else {
            return ask(act, at: random.index(below: nodes.count))
        }
        requests += 1
        startCommand(act)
    }

    mutating func ask(_ act: Act, at node: Int) {
        requests += 1
        plan(.node(node, run: nil, .asked(Request(number: requests, act: act))), in: .microseconds(0))
    }

    // MARK: The commit

    /// A request's transaction is done, and on the disk.
    mutating func commit(_ request: Request) {
        switch store.commit(request, &random) {
        case .signedIn(let session, let token):
            if case .signIn(let subject) = request.act {
                checker.signedIn(subject)
                tell("\(subject) signs in: session \(session), token \(checker.tokens.count)")
            }
            checker.issued(token, of: session)
        case .refreshed(let session, let token):
            tell("session \(session) is refreshed: token \(checker.tokens.count)")
            checker.issued(token, of: session)
        case .ended(let logout, let seq):
            tally[.logouts] += 1
            tell("logout \(request.number) is on the disk: \(logout.words), as record \(seq)")
            checker.ended(logout, by: seq, keptUntil: store.log.first { $0.seq == seq }?.until ?? .max)
        case .nothing: tell("request \(request.number) finds nothing live")
        }
    }
}

extension Logout {
    var words: String {
        switch self {
        case .token(let token, _): "token \(token)"
        case .session(let session): "session \(session)"
        case .everywhere(let subject): "\(subject) everywhere"
        case .elsewhere(let subject, let kept): "\(subject) everywhere but session \(kept)"
        case .everyone: "everyone"
        }
    }
}
