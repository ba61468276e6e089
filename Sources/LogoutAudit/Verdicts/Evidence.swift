/// What was seen: a request and its answer, with what they show.
package struct Evidence: Hashable, Sendable {
    package var note: String
    package var exchange: Exchange?

    package init(_ note: String, _ exchange: Exchange? = nil) {
        self.note = note
        self.exchange = exchange
    }
}
