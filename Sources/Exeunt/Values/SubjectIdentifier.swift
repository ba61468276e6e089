/// How somebody else names a subject (RFC 9493 §3.2), in the formats that can name one of ours.
package enum SubjectIdentifier: Hashable, Sendable {
    /// The subject's name itself.
    case opaque(String)
    /// A subject of an issuer.
    case issuerSubject(issuer: String, subject: String)
    /// Whoever has that address.
    case email(String)
    /// A format that names nobody here.
    case other(format: String)
}

extension SubjectIdentifier: Decodable {
    private struct Member: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    /// Throws for a member that the format lacks, or that it has not got (RFC 9493 §3).
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Member.self)
        func text(_ name: String) throws -> String { try container.decode(String.self, forKey: Member(name)) }
        let members: Set<String>
        switch try text("format") {
        case "opaque":
            self = .opaque(try text("id"))
            members = ["id"]
        case "iss_sub":
            self = .issuerSubject(issuer: try text("iss"), subject: try text("sub"))
            members = ["iss", "sub"]
        case "email":
            self = .email(try text("email"))
            members = ["email"]
        case let format:
            self = .other(format: format)
            return
        }
        for key in container.allKeys where key.stringValue != "format" && !members.contains(key.stringValue) {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container, debugDescription: "the format has no such member")
        }
    }
}
