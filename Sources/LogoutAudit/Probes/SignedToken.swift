internal import Foundation

/// A JSON Web Token, taken apart so that it can be put together wrongly.
struct SignedToken: Hashable, Sendable {
    let header: [String: JSONValue]
    let payload: [String: JSONValue]
    /// As they are in the token.
    let parts: [String]

    /// Nil for what is no signed JSON Web Token.
    init?(_ text: String) {
        parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let header = Self.object(parts[0]), let payload = Self.object(parts[1]),
            header["alg"] != nil
        else { return nil }
        (self.header, self.payload) = (header, payload)
    }

    private static func object(_ part: String) -> [String: JSONValue]? {
        guard let data = Base64URL.decoded(part),
            case .object(let members)? = JSONValue(text: String(decoding: data, as: UTF8.self))
        else { return nil }
        return members
    }

    var algorithm: String { header["alg"]?.scalar ?? "" }

    /// The payload's part with a claim that means nothing, so that nobody has signed it.
    var changedPayload: String { Self.part(payload.merging(["exeunt_audit": .bool(true)]) { $1 }) }

    static func part(_ members: [String: JSONValue]) -> String {
        Base64URL.encoded(Data(JSONValue.object(members).text.utf8))
    }

    /// The header's part with other members in the place of its own.
    func header(_ changes: [String: JSONValue]) -> String { Self.part(header.merging(changes) { $1 }) }

    /// A claim in seconds since 1970.
    func seconds(_ claim: String) -> Double? { payload[claim]?.scalar.flatMap(Double.init) }
}
