internal import Exeunt
internal import Settlement

/// Sends dead letters again, from this command and not from the server, so that whoever asks for it sees what becomes of it.
struct DeadLetterRetry {
    let options: CommonOptions

    private struct Outcome: Encodable {
        var number: Int64
        var receiverId: String
        var sessionId: String
        var delivered: Bool
        var why: String?
    }

    /// Sends again what was given up for a receiver, or the letter of a number.
    func run(_ what: String) async throws {
        let (settings, _, _) = try await options.load()
        // The issuer in a token must be the one that the server calls itself.
        guard settings.optionalText(.publicURL) != nil else {
            throw CommandFailure(.couldNotTry, "--retry needs public_url to be set, which tokens name as their issuer")
        }
        try await settings.withOutgoingHTTP { http in
            try await options.withAuthority { authority in
                try await send(try await letters(what, in: authority.store), from: authority, through: http)
            }
        }
    }

    private func letters(_ what: String, in store: any Store) async throws -> [DeadLetter] {
        if let number = Int64(what), number > 0 {
            let found = try await store.deadLetters(of: nil, after: number - 1, limit: 1)
            guard found.first?.number == number else {
                throw CommandFailure(.notSo, "there is no dead letter \(number)")
            }
            return found
        }
        let receiver = try await ReceiverArgument.receiver(what, in: store)
        var letters: [DeadLetter] = []
        while true {
            let page = try await store.deadLetters(
                of: receiver.id, after: letters.last?.number ?? 0, limit: Limits.deadLettersPerPage)
            letters += page
            if page.count < Limits.deadLettersPerPage { return letters }
        }
    }

    /// One after the other; it stops at the first that finds nobody there.
    private func send(_ letters: [DeadLetter], from authority: Authority, through http: any OutgoingHTTP) async throws {
        var left = 0
        for (index, letter) in letters.enumerated() {
            guard let receiver = try await authority.store.receiver(letter.receiver) else { continue }
            let verdict = await authority.tell(Dispatch(.ended(letter.ended), to: receiver), through: http)
            switch verdict {
            case .taken:
                _ = try await authority.store.removeDeadLetters([letter.number])
                try tell(letter, nil)
            case .refused(let why):
                left += 1
                try tell(letter, why)
            case .trouble(let why, _), .gone(let why):
                try tell(letter, why)
                throw CommandFailure(.notSo, "the receiver cannot be told; \(letters.count - index + left) are left")
            }
        }
        if left > 0 { throw CommandFailure(.notSo, "\(left) were refused again") }
    }

    private func tell(_ letter: DeadLetter, _ why: String?) throws {
        if options.json {
            try Output.json(
                Outcome(
                    number: letter.number, receiverId: letter.receiver.description,
                    sessionId: letter.ended.session.description, delivered: why == nil, why: why))
        } else {
            try Output.write("\(letter.number)  \(why.map { "not taken: \($0.printable)" } ?? "taken")\n")
        }
    }
}
