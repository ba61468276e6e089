/// A form on a page, with what a browser would send for it.
struct HTMLForm: Hashable, Sendable {
    struct Field: Hashable, Sendable {
        var name: String
        var value: String
        var type: String
        /// Whether it is sent as the page stands.
        var isSent: Bool
    }

    struct Button: Hashable, Sendable {
        var name: String
        var value: String
        var text: String
        var action: String?
        var method: String?
    }

    /// As written; nil or empty for the page itself.
    var action: String?
    var method = "GET"
    var fields: [Field] = []
    var buttons: [Button] = []

    /// Where it can lead: its own action, and those of its buttons.
    var actions: [String] { [action ?? ""] + buttons.compactMap(\.action) }

    func has(_ name: String) -> Bool { fields.contains { $0.name == name } }

    var hasPassword: Bool { fields.contains { $0.type == "password" } }

    /// The forms of a page.
    static func all(in page: String) -> [HTMLForm] {
        var reader = HTMLFormReader()
        for tag in HTMLTag.all(in: page) { reader.read(tag) }
        return reader.finished()
    }
}
