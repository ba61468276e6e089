internal import Exeunt
internal import Settlement

/// Names that somebody types, as what they name.
enum SubjectArgument {
    static func subject(_ text: String) throws(CommandFailure) -> Subject {
        guard let subject = Subject(text) else {
            throw CommandFailure(
                .couldNotTry, "a subject has 1 to \(Limits.subjectBytes) bytes and no control characters")
        }
        return subject
    }

    static func session(_ text: String) throws(CommandFailure) -> Identifier {
        guard let id = Identifier(text) else {
            throw CommandFailure(
                .couldNotTry,
                "\"\(text.printable)\" is no session id; one has 22 characters, and `exeunt sessions list` has them")
        }
        return id
    }
}
