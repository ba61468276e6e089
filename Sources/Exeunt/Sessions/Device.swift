/// What a session was opened from, as the person would recognise it.
package struct Device: Hashable, Sendable {
    package var userAgent: String?
    package var address: String?
    /// A name that the application gave it ("Ada's phone").
    package var label: String?

    package init(userAgent: String? = nil, address: String? = nil, label: String? = nil) {
        self.userAgent = userAgent.map { $0.clipped(toBytes: Limits.userAgentBytes) }
        self.address = address.map { $0.clipped(toBytes: Limits.addressBytes) }
        self.label = label.map { $0.clipped(toBytes: Limits.labelBytes) }
    }
}
