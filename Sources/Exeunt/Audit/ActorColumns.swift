/// How a store's audit trail keeps on whose behalf something was done.
package struct ActorColumns {
    package enum Kind: Int64 {
        case subject = 1
        case client = 2
        case administrator = 3
        case authority = 4
        case unknown = 5
        case provider = 6
    }

    package let kind: Kind
    package var name: String?

    package init(_ actor: Provenance.Actor) {
        switch actor {
        case .subject(let subject):
            kind = .subject
            name = subject.name
        case .client(let client):
            kind = .client
            name = client
        case .provider(let issuer):
            kind = .provider
            name = issuer
        case .administrator: kind = .administrator
        case .authority: kind = .authority
        case .unknown: kind = .unknown
        }
    }

    /// The actor of what the table has.
    package static func actor(kind: Int64, name: String?) throws -> Provenance.Actor {
        switch Kind(rawValue: kind) {
        case .subject:
            guard let subject = name.flatMap(Subject.init) else {
                throw AuthorityError.corrupted("an audit event has no proper subject as its actor")
            }
            return .subject(subject)
        case .client: return .client(name ?? "")
        case .provider: return .provider(name ?? "")
        case .administrator: return .administrator
        case .authority: return .authority
        case .unknown: return .unknown
        case nil: throw AuthorityError.corrupted("an audit event has an actor of the unknown kind \(kind)")
        }
    }
}
