internal import Settlement

/// Some of a subject's sessions, the newest first.
package struct SessionPage: Hashable, Sendable {
    package var sessions: [Session]
    /// What to ask with for the page after this one, or nil at the end.
    package var next: String?

    package init(sessions: [Session], next: String?) {
        self.sessions = sessions
        self.next = next
    }

    /// Of rows in order, one more than fit the page if there are more, each with its number.
    ///
    /// Rows are numbered as they are opened, so a page goes on below the last number of the one before.
    package init(of rows: [(session: Session, number: Int64)], size: Int) {
        sessions = rows.prefix(size).map(\.session)
        next = rows.count > size ? Self.cursor(after: rows[size - 1].number) : nil
    }

    private static func cursor(after number: Int64) -> String {
        Base64URL.encode(withUnsafeBytes(of: number.bigEndian, Array.init))
    }

    /// The number that a page's `next` stands for; throws `invalidArgument` for what is none.
    package static func number(ofCursor text: String) throws(AuthorityError) -> Int64 {
        guard let bytes = Base64URL.decode(text), bytes.count == 8 else {
            throw .invalidArgument("the cursor is not one of ours")
        }
        return bytes.reduce(0) { $0 << 8 | Int64($1) }
    }
}
