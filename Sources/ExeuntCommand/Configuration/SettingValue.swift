/// What a setting is set to.
enum SettingValue: Hashable, Sendable {
    case text(String)
    case integer(Int)
    case flag(Bool)
    case list([String])

    /// The value as a person would write it.
    var text: String {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .flag(let isOn): String(isOn)
        case .list(let items): "[\(items.joined(separator: ", "))]"
        }
    }
}
