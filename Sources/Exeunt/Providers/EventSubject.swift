/// Whom or what a security event is about (RFC 9493; complex subjects: SSF 1.0 §3.3).
package indirect enum EventSubject: Hashable, Sendable {
    case issuerSubject(issuer: String, subject: String)
    case opaque(String)
    case email(String)
    /// Several names of one subject.
    case aliases([EventSubject])
    /// What has all of these: a user, a session, a device and so on.
    case complex([String: EventSubject])
    /// A format that names nobody here.
    case other(format: String)

    /// Reads a subject identifier; throws where a member lacks that its format has, or is there that it has not (RFC 9493 §3).
    init(_ value: StrictJSON) throws(SecurityEventFault) {
        guard let members = value.object, let format = members["format"]?.string else {
            throw .invalidRequest("a subject identifier is no object with a format")
        }
        switch format {
        case "iss_sub":
            let texts = try Self.texts(members, "iss", "sub")
            self = .issuerSubject(issuer: texts[0], subject: texts[1])
        case "opaque": self = .opaque(try Self.texts(members, "id")[0])
        case "email": self = .email(try Self.texts(members, "email")[0])
        case "aliases": self = .aliases(try Self.aliases(members))
        case "complex": self = .complex(try Self.parts(members))
        default: self = .other(format: format)
        }
    }

    /// The members of a format that are texts, of a subject that has no other.
    private static func texts(
        _ members: [String: StrictJSON], _ names: String...
    ) throws(SecurityEventFault) -> [String] {
        let texts = names.compactMap { members[$0]?.string }.filter { !$0.isEmpty }
        guard texts.count == names.count, members.count == names.count + 1 else {
            throw .invalidRequest("a subject identifier has not just the members of its format")
        }
        return texts
    }

    private static func aliases(_ members: [String: StrictJSON]) throws(SecurityEventFault) -> [EventSubject] {
        guard case .array(let values) = members["identifiers"], members.count == 2,
            (1...Limits.subjectAliases).contains(values.count)
        else { throw .invalidRequest("aliases have not 1 to \(Limits.subjectAliases) identifiers and nothing else") }
        var aliases: [EventSubject] = []
        for value in values {
            let alias = try EventSubject(value)
            switch alias {
            case .aliases, .complex: throw .invalidRequest("an alias is not a simple subject")
            default: aliases.append(alias)
            }
        }
        return aliases
    }

    /// The parts of a complex subject; those that have names of their own making are allowed.
    private static func parts(_ members: [String: StrictJSON]) throws(SecurityEventFault) -> [String: EventSubject] {
        var parts: [String: EventSubject] = [:]
        for (name, value) in members where name != "format" {
            let part = try EventSubject(value)
            if case .complex = part { throw .invalidRequest("a part of a complex subject is not a simple subject") }
            parts[name] = part
        }
        guard !parts.isEmpty else { throw .invalidRequest("a complex subject has no part") }
        return parts
    }
}
