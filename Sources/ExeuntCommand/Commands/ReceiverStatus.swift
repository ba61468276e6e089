internal import Exeunt
internal import Settlement

/// What `pause` and `resume` have in common.
enum ReceiverStatus {
    private struct Answer: Encodable {
        var receiverId: String
        var status: String
    }

    static func set(
        _ status: Receiver.Status, of text: String, because reason: String?, in store: any Store
    ) async throws -> Receiver {
        var receiver = try await ReceiverArgument.receiver(text, in: store)
        receiver.status = status
        receiver.statusReason = reason
        let now = SystemEnvironment.live.now()
        guard try await store.update(receiver, at: now, by: .commandLine) else {
            throw ReceiverArgument.none(receiver.id)
        }
        return receiver
    }

    static func tell(_ receiver: Receiver, _ done: String, json: Bool) throws {
        if json {
            try Output.json(Answer(receiverId: receiver.id.description, status: receiver.status.rawValue))
        } else {
            try Output.write("\(done) \(receiver.id).\n")
        }
    }
}
