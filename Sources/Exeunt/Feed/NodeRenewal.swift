package import Settlement

/// What a node may rely on from its renewal on.
package struct NodeRenewal: Hashable, Sendable {
    /// The newest `seq` committed.
    package var head: UInt64
    package var others: [AuthorityNode]

    package init(head: UInt64, others: [AuthorityNode]) {
        self.head = head
        self.others = others
    }
}
