/// Something on a page, by the name that the browser gave it.
package struct BrowserElement: Hashable, Sendable {
    /// The key of a reference to an element (W3C WebDriver §12.1, "web element identifier").
    static let key = "element-6066-11e4-a52e-4f735466cecf"

    package var id: String

    package init(id: String) { self.id = id }

    /// Nil for what is no reference to an element.
    init?(_ value: JSONValue?) {
        guard case .object(let members)? = value, let id = members[Self.key]?.scalar else { return nil }
        self.id = id
    }

    var json: JSONValue { .object([Self.key: .string(id)]) }
}
