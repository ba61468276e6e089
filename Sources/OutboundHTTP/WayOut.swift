package import Exeunt

/// Which addresses may be talked to.
///
/// The public internet may. What is special (loopback, private and link-local networks, carriers' shared space, multicast, networks
/// for documentation, and those that carry an IPv4 address inside: IANA's registries of special-purpose addresses, RFC 6890) may
/// only where an operator has said so, and plain http only there.
package struct WayOut: Sendable {
    private let allowed: [AddressBlock]

    /// A way out that also leads to these networks.
    package init(allowing allowed: [AddressBlock]) { self.allowed = allowed }

    /// Whether an operator has allowed that address.
    func isAllowed(_ address: String) -> Bool { allowed.contains { $0.contains(address) } }

    /// Whether that address may be talked to, by https or in plain text.
    func leads(to address: String, securely isSecure: Bool) -> Bool {
        if isAllowed(address) { return true }
        return isSecure && Self.isPublic(address)
    }

    private static func isPublic(_ address: String) -> Bool {
        let isGlobal = address.contains(":") ? globalIPv6.contains { $0.contains(address) } || isMapped(address) : true
        return isGlobal && !special.contains { $0.contains(address) }
    }

    /// Whether it is an IPv4 address that is written as IPv6, which is judged by what is inside.
    private static func isMapped(_ address: String) -> Bool { anyIPv4.contains { $0.contains(address) } }

    private static let anyIPv4 = blocks("0.0.0.0/0")
    /// What IANA has given out as global unicast (RFC 4291 §2.4).
    private static let globalIPv6 = blocks("2000::/3")
    private static let special = blocks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")

    private static func blocks(_ texts: String...) -> [AddressBlock] { texts.compactMap { AddressBlock($0) } }
}
