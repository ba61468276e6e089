internal import Exeunt
internal import Settlement

/// A receiver as somebody types it.
enum ReceiverArgument {
    static func id(_ text: String) throws(CommandFailure) -> Identifier {
        guard let id = Identifier(text) else {
            throw CommandFailure(
                .couldNotTry,
                "\"\(text.printable)\" is no receiver's id; one has 22 characters, and `exeunt receivers list` has them"
            )
        }
        return id
    }

    static func receiver(_ text: String, in store: any Store) async throws -> Receiver {
        let id = try id(text)
        guard let receiver = try await store.receiver(id) else { throw none(id) }
        return receiver
    }

    static func none(_ id: Identifier) -> CommandFailure { CommandFailure(.notSo, "there is no receiver \(id)") }
}
