internal import ArgumentParser
internal import Exeunt
internal import Settlement

/// The command `exeunt receivers add`.
struct ReceiversAddCommand: AsyncParsableCommand {
    /// In which form it is told, of those that are registered here.
    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case backchannel
        case webhook

        var kind: Receiver.Kind { self == .webhook ? .webhook : .backChannelLogout }
    }

    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a receiver, which is told of each session that ends from now on.",
        discussion: """
            A backchannel receiver gets a logout token (OpenID Connect Back-Channel Logout 1.0), a webhook a signed JSON \
            document (Standard Webhooks), whose secret is printed this once. Streams of security events are made by their \
            receivers themselves.

            The address must be https and public, unless outgoing.allow names its network.
            """)

    @Argument(help: "In which form it is told.")
    var kind: Kind

    @Option(help: ArgumentHelp("The client that it belongs to, and the audience of its tokens.", valueName: "id"))
    var client: String

    @Option(help: "Where it is told.")
    var url: String

    @Option(help: "Which sessions it hears of: those that its client has opened (own), or everybody's (all).")
    var hears: Receiver.Hears = .own

    @OptionGroup var options: CommonOptions

    private struct Answer: Encodable {
        var receiverId: String
        var secret: String?
        var clientId: String
        var kind: String
        var hears: String
        var url: String
    }

    func run() async throws {
        let (settings, _, _) = try await options.load()
        try await settings.withOutgoingHTTP { http in
            try await options.withAuthority { authority in try await add(in: authority, through: http) }
        }
    }

    private func add(in authority: Authority, through http: any OutgoingHTTP) async throws {
        do {
            try tell(
                try await authority.addReceiver(
                    kind.kind, of: client, at: url, hears: hears, through: http, by: .commandLine))
        } catch AuthorityError.clientNotFound {
            throw CommandFailure(.notSo, "there is no client \(client.printable)")
        }
    }

    private func tell(_ new: Authority.NewReceiver) throws {
        let answer = Answer(
            receiverId: new.receiver.id.description, secret: new.secret?.revealed, clientId: new.receiver.clientID,
            kind: new.receiver.kind.rawValue, hears: new.receiver.hears.rawValue, url: url)
        if options.json {
            try Output.json(answer)
        } else {
            try Output.write("receiver_id  \(answer.receiverId)\n")
            guard let secret = answer.secret else { return }
            try Output.write("secret       \(secret)\n\nThis secret is shown now and never again.\n")
        }
    }
}

extension Receiver.Hears: ExpressibleByArgument {}
