/// What a check found.
struct Finding: Encodable, Hashable, Sendable {
    enum Status: String, Encodable, Sendable {
        case ok
        /// It works, and could be better.
        case warning
        /// It does not work, or soon will not.
        case problem
    }

    var status: Status
    /// What was looked at.
    var check: String
    /// What was seen, and what to do about it.
    var detail: String

    static func ok(_ check: String, _ detail: String) -> Finding {
        Finding(status: .ok, check: check, detail: detail)
    }

    static func warning(_ check: String, _ detail: String) -> Finding {
        Finding(status: .warning, check: check, detail: detail)
    }

    static func problem(_ check: String, _ detail: String) -> Finding {
        Finding(status: .problem, check: check, detail: detail)
    }
}
