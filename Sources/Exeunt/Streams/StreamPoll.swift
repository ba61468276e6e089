/// What a receiver asks that fetches its events (RFC 8936 §2.2).
package struct StreamPoll: Hashable, Sendable {
    /// Tokens that it takes at once; nil for as many as we like, 0 to acknowledge alone.
    package var most: Int?
    package var returnsImmediately: Bool
    /// The names of the tokens that it has taken.
    package var acknowledged: Set<String>
    /// Those that it cannot take, and why.
    package var refused: [String: String]

    package init(
        most: Int? = nil, returnsImmediately: Bool = false, acknowledged: Set<String> = [],
        refused: [String: String] = [:]
    ) {
        self.most = most
        self.returnsImmediately = returnsImmediately
        self.acknowledged = acknowledged
        self.refused = refused
    }
}

/// What it gets (RFC 8936 §2.3).
package struct StreamPollAnswer: Hashable, Sendable {
    package struct Event: Hashable, Sendable {
        package var name: String
        package var token: String
    }

    package var events: [Event] = []
    package var isMoreAvailable = false
}
