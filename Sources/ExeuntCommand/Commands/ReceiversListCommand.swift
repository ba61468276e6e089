internal import ArgumentParser
internal import Exeunt
internal import Settlement

/// The command `exeunt receivers list`.
struct ReceiversListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the receivers, the oldest first.",
        discussion: "How they get on is told by `exeunt deliveries`.")

    @OptionGroup var options: CommonOptions

    private struct Row: Encodable {
        var receiverId: String
        var clientId: String
        var kind: String
        var hears: String
        var status: String
        var statusReason: String?
        var url: String?
        var note: String?
        var createdAt: String
    }

    func run() async throws {
        try await options.withStore { store, _, _ in try show(try await store.receivers()) }
    }

    private func show(_ receivers: [Receiver]) throws {
        var table = Table("RECEIVER", "CLIENT", "KIND", "HEARS", "STATUS", "ADDED", "URL")
        for receiver in receivers {
            if options.json {
                try Output.json(
                    Row(
                        receiverId: receiver.id.description, clientId: receiver.clientID, kind: receiver.kind.rawValue,
                        hears: receiver.hears.rawValue, status: receiver.status.rawValue,
                        statusReason: receiver.statusReason, url: receiver.endpoint, note: receiver.note,
                        createdAt: receiver.createdAt.text))
            } else {
                table.add(
                    receiver.id.description, receiver.clientID, receiver.kind.rawValue, receiver.hears.rawValue,
                    receiver.status.rawValue, receiver.createdAt.shortText, receiver.endpoint ?? "(fetches)")
            }
        }
        if !options.json { try Output.write(table.text) }
    }
}
