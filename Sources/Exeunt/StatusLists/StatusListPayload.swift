internal import JWTKit

/// The claims of a status list token (draft-ietf-oauth-status-list §5.1).
struct StatusListPayload: TypedPayload {
    static var type: String { "statuslist+jwt" }

    struct List: Codable, Sendable {
        /// Bits of each status.
        var bits = 1
        var lst: String
    }

    /// Where the list is.
    var sub: String
    /// Seconds since 1970, as is `exp`.
    var iat: Int64
    var exp: Int64
    /// Seconds for which whoever has it may go on with it.
    var ttl: Int64
    var statusList: List

    enum CodingKeys: String, CodingKey {
        case sub, iat, exp, ttl
        case statusList = "status_list"
    }
}
