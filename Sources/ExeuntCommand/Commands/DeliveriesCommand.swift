internal import ArgumentParser
internal import Exeunt
internal import Settlement

/// The command `exeunt deliveries`.
struct DeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries", abstract: "Show how the receivers get on that are told of sessions that end.",
        discussion: """
            Without an option: for each receiver, what it is still to be told, what it has been told, and why not, if it \
            has failed. --dead lists what was given up. --retry sends that again, at once and from here, and removes what \
            has been taken; it exits with 1 when something has not.
            """)

    /// Places of the outbox that are looked at to count what is pending.
    private static let countedPlaces = 100_000

    @Flag(help: "List what was given up, the oldest first.")
    var dead = false

    @Option(
        help: ArgumentHelp(
            "Send again what was given up for this receiver, or the one of this number.", valueName: "receiver|number"))
    var retry: String?

    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard !dead || retry == nil else { throw ValidationError("--dead and --retry do not go together") }
    }

    func run() async throws {
        if let retry {
            try await DeadLetterRetry(options: options).run(retry)
        } else if dead {
            try await options.withStore { store, _, _ in try await showDead(in: store) }
        } else {
            try await options.withStore { store, _, _ in
                let receivers = try await store.receivers()
                try show(receivers, try await store.backlogs(of: receivers, limit: Self.countedPlaces))
            }
        }
    }

    private func show(_ receivers: [Receiver], _ backlogs: [Identifier: Backlog]) throws {
        var table = Table(
            "RECEIVER", "CLIENT", "KIND", "STATUS", "PENDING", "DELIVERED", "GIVEN UP", "OLDEST PENDING", "RETRY",
            "LAST FAILURE")
        for receiver in receivers {
            let row = DeliveriesRow(receiver, backlogs[receiver.id] ?? Backlog())
            if options.json {
                try Output.json(row)
            } else {
                table.add(
                    row.receiverId, row.clientId, row.kind, row.status, String(row.pending), String(row.delivered),
                    String(row.givenUp), row.oldestPendingAt ?? "-", row.retryAt ?? "-", row.lastFailure ?? "-")
            }
        }
        if !options.json { try Output.write(table.text) }
    }

    private func showDead(in store: any Store) async throws {
        var table = Table("NUMBER", "RECEIVER", "SESSION", "SUBJECT", "ENDED", "GIVEN UP", "WHY")
        var after: Int64 = 0
        while true {
            let letters = try await store.deadLetters(of: nil, after: after, limit: Limits.deadLettersPerPage)
            for letter in letters {
                let row = DeadLetterRow(letter)
                if options.json {
                    try Output.json(row)
                } else {
                    table.add(
                        String(row.number), row.receiverId, row.sessionId, row.subject, row.endedAt, row.givenUpAt,
                        row.why)
                }
            }
            after = letters.last?.number ?? after
            if letters.count < Limits.deadLettersPerPage { break }
        }
        if !options.json { try Output.write(table.text) }
    }
}
