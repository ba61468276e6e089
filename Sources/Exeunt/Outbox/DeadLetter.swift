package import Settlement

/// An ending that a receiver could not be told of, and never will be unless somebody asks for it again.
package struct DeadLetter: Hashable, Sendable {
    /// Its number in the list; 0 until it is stored.
    package var number: Int64 = 0
    package var receiver: Identifier
    package var ended: EndedSession
    /// Why it was given up, for an operator.
    package var why: String
    package var at: Timestamp

    package init(receiver: Identifier, ended: EndedSession, why: String, at: Timestamp) {
        self.receiver = receiver
        self.ended = ended
        self.why = why
        self.at = at
    }
}
