/// Who asked for something and from where, for the audit trail.
package struct Provenance: Hashable, Sendable {
    /// On whose behalf a request came.
    package enum Actor: Hashable, Sendable {
        /// The person whose session it is.
        case subject(Subject)
        /// A client, by its id.
        case client(String)
        /// Another provider, by its issuer identifier.
        case provider(String)
        /// An operator at the command line.
        case administrator
        /// The authority itself: a timeout, a cap, a detected reuse.
        case authority
        /// Somebody who has not shown who they are.
        case unknown
    }

    package var actor: Actor
    /// The network address that the request came from, if it came over a network.
    package var address: String?
    package var userAgent: String?

    package init(actor: Actor, address: String? = nil, userAgent: String? = nil) {
        self.actor = actor
        self.address = address.map { $0.clipped(toBytes: Limits.addressBytes) }
        self.userAgent = userAgent.map { $0.clipped(toBytes: Limits.userAgentBytes) }
    }

    /// The authority acting by itself.
    package static let authority = Provenance(actor: .authority)

    /// Somebody from the same place, who has shown who they are.
    package func `as`(_ actor: Actor) -> Provenance { Provenance(actor: actor, address: address, userAgent: userAgent) }

    /// The authority acting by itself upon what came from the same place.
    package var asAuthority: Provenance { Provenance(actor: .authority, address: address, userAgent: userAgent) }
}

extension Provenance.Actor: CustomStringConvertible {
    package var description: String {
        switch self {
        case .subject(let subject): "subject:\(subject.name)"
        case .client(let client): "client:\(client)"
        case .provider(let issuer): "provider:\(issuer)"
        case .administrator: "administrator"
        case .authority: "authority"
        case .unknown: "unknown"
        }
    }
}

extension String {
    /// The longest prefix of whole characters that fits into so many bytes of UTF-8, without control characters.
    package func clipped(toBytes limit: Int) -> String {
        var clipped = ""
        var size = 0
        for character in self where !character.unicodeScalars.contains(where: \.isControl) {
            size += character.utf8.count
            if size > limit { break }
            clipped.append(character)
        }
        return clipped
    }
}
