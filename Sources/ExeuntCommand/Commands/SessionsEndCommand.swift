internal import ArgumentParser
internal import Exeunt
internal import Settlement

/// The command `exeunt sessions end`.
struct SessionsEndCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end", abstract: "End one session, a subject's sessions, or everyone's.",
        discussion: """
            What is ended is refused from then on: cookies, access, refresh and remember-me tokens. A running server \
            tells the open pages within a second.
            """)

    @Argument(help: "The id of one session.")
    var id: String?

    @Option(help: "All sessions of this subject.")
    var subject: String?

    @Option(help: ArgumentHelp("With --subject: all but this session.", valueName: "id"))
    var except: String?

    @Flag(help: "Every session of everyone.")
    var everyone = false

    @OptionGroup var options: CommonOptions

    private struct Receipt: Encodable {
        var endedSessions: Int
        var endedRemembered: Int
        var seq: UInt64?
        var settled: Bool
        var settledAfterMs: Int64?
        var settlesBy: String?
    }

    func validate() throws {
        guard [id != nil, subject != nil, everyone].count(where: \.self) == 1 else {
            throw ValidationError("name one session by its id, or --subject, or --everyone")
        }
        guard except == nil || subject != nil else { throw ValidationError("--except goes with --subject") }
    }

    func run() async throws {
        let id = try id.map { try SubjectArgument.session($0) }
        let subject = try subject.map { try SubjectArgument.subject($0) }
        let except = try except.map { try SubjectArgument.session($0) }
        try await options.withAuthority { authority in
            if let id {
                try tell(try await Self.end(id, in: authority))
            } else if let subject {
                if let except { try await Self.check(except, isOf: subject, in: authority) }
                try tell(
                    try await authority.endSessions(
                        of: subject, except: except, because: .endedByAdministrator, by: .commandLine))
            } else {
                try tell(try await authority.endEveryone(by: .commandLine))
            }
        }
    }

    private static func end(_ id: Identifier, in authority: Authority) async throws -> LogoutReceipt {
        do {
            return try await authority.endSession(id, owner: nil, because: .endedByAdministrator, by: .commandLine)
        } catch AuthorityError.sessionNotFound {
            throw CommandFailure(.notSo, "there is no live session \(id)")
        }
    }

    /// A wrong id would keep nothing and end everything.
    private static func check(_ id: Identifier, isOf subject: Subject, in authority: Authority) async throws {
        let session = try await authority.store.session(id, at: authority.environment.now())
        guard session?.subject == subject else {
            throw CommandFailure(.notSo, "\(subject.name.printable) has no live session \(id); nothing was ended")
        }
    }

    private func tell(_ receipt: LogoutReceipt) throws {
        if options.json {
            try Output.json(
                Receipt(
                    endedSessions: receipt.endedSessions, endedRemembered: receipt.endedRemembered, seq: receipt.seq,
                    settled: receipt.settled, settledAfterMs: receipt.settledAfterMilliseconds,
                    settlesBy: receipt.settlesBy?.text))
        } else {
            let sessions = receipt.endedSessions == 1 ? "1 session" : "\(receipt.endedSessions) sessions"
            let logins =
                receipt.endedRemembered == 1 ? "1 remembered login" : "\(receipt.endedRemembered) remembered logins"
            let rest = receipt.settlesBy.map { " Every verifier has dropped it by \($0.text) at the latest." } ?? ""
            try Output.write("Ended \(sessions) and \(logins).\(rest)\n")
        }
    }
}

extension Provenance {
    /// An operator at the command line of this machine.
    static let commandLine = Provenance(actor: .administrator)
}
