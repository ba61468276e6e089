/// What a verifier asks: everything after what it has applied.
///
/// To ask is to acknowledge.
package struct FeedPoll: Hashable, Sendable {
    /// The verifier: a name that a process makes up anew each time that it starts.
    package var follower: Identifier
    /// The node whose answer it applied last; nil when it has applied none.
    package var node: Identifier?
    /// The `seq` through which it has applied the log of that node.
    package var after: UInt64
    /// How long a lease it would like, in milliseconds; nil for the usual.
    package var leaseMilliseconds: Int64?

    package init(follower: Identifier, node: Identifier?, after: UInt64, leaseMilliseconds: Int64? = nil) {
        self.follower = follower
        self.node = node
        self.after = after
        self.leaseMilliseconds = leaseMilliseconds
    }
}

/// What the authority answers.
package struct FeedAnswer: Hashable, Sendable {
    /// Who answers: a name that an authority makes up anew each time that it starts.
    package var node: Identifier
    /// Where the records begin: after the `seq` that was asked for, or after 0 for a verifier that this node does not know.
    ///
    /// Records that have outlived every token are left out. So from 0 on the log is a snapshot of all that is live.
    package var after: UInt64
    /// The `seq` through which the records go.
    package var through: UInt64
    /// Everything in the log between the two that can still match a token, in order.
    package var revocations: [Revocation]
    /// The lease, in milliseconds, counted from before the verifier asked; 0 when there is more to fetch first.
    package var leaseMilliseconds: Int64
    /// Changes whenever a signing key comes or goes.
    package var keysVersion: String

    package init(
        node: Identifier, after: UInt64, through: UInt64, revocations: [Revocation], leaseMilliseconds: Int64,
        keysVersion: String
    ) {
        self.node = node
        self.after = after
        self.through = through
        self.revocations = revocations
        self.leaseMilliseconds = leaseMilliseconds
        self.keysVersion = keysVersion
    }
}
