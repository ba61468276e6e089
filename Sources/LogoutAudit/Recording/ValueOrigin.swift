/// The answer that a value came from, and how it is found there.
struct ValueOrigin: Hashable, Sendable {
    var index: Int
    var way: Pick.Way
}

extension WebAnswer {
    /// Whether it is a set of keys that tokens are verified with (RFC 7517).
    var hasKeys: Bool {
        status == 200 && body.hasBytes(of: "kty") && JSONValue(text: body)?[pointer: "/keys/0/kty"] != nil
    }
}

extension JSONValue {
    /// Where a text is (RFC 6901); nil where it is nowhere.
    func pointer(to text: String) -> String? {
        switch self {
        case .string(let own): return own == text ? "" : nil
        case .array(let items):
            for (index, item) in items.enumerated() {
                if let rest = item.pointer(to: text) { return "/\(index)" + rest }
            }
        case .object(let members):
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                if let rest = member.pointer(to: text) {
                    return "/" + name.replacing("~", with: "~0").replacing("/", with: "~1") + rest
                }
            }
        default: break
        }
        return nil
    }
}
