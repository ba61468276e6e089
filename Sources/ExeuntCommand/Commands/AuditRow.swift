internal import Exeunt
internal import Settlement

/// An event of the audit trail as it is shown.
struct AuditRow: Encodable {
    var number: Int64
    var at: String
    var type: String
    var subject: String?
    var sessionId: String?
    var clientId: String?
    var actor: String
    var reason: String?
    var count: Int?
    var address: String?
    var userAgent: String?

    init(_ event: AuditEvent) {
        number = event.number
        at = event.at.text
        type = event.kind.rawValue
        subject = event.subject
        sessionId = event.session?.description
        clientId = event.clientID
        actor = event.by.actor.description
        reason = event.reason
        count = event.count
        address = event.by.address
        userAgent = event.by.userAgent
    }

    /// The event on one line: when, what, and then each thing that is known by its name.
    var text: String {
        let details: [(String, String?)] = [
            ("subject", subject), ("session", sessionId), ("client", clientId), ("by", actor), ("reason", reason),
            ("count", count.map(String.init)), ("from", address), ("agent", userAgent),
        ]
        let known = details.compactMap { name, value in value.map { "\(name)=\(Self.quoted($0.printable))" } }
        return ([at, type.padded(to: 17)] + known).joined(separator: "  ")
    }

    private static func quoted(_ value: String) -> String {
        guard value.isEmpty || value.contains(where: { $0.isWhitespace || $0 == "\"" || $0 == "\\" }) else {
            return value
        }
        let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }
}

extension String {
    /// The text with spaces behind it, `width` characters wide at least.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
