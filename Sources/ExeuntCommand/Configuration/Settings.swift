/// What is set, each by somebody or by default; every value is one that its setting may have.
struct Settings: Sendable {
    private var values: [SettingKey: SettingValue] = [:]
    private var places: [SettingKey: SettingPlace] = [:]

    mutating func set(_ key: SettingKey, to value: SettingValue, from place: SettingPlace) {
        values[key] = value
        places[key] = place
    }

    /// The value of a setting; nil when it is not set and has no default.
    func value(of key: SettingKey) -> SettingValue? { values[key] }

    /// Where it came from.
    func place(of key: SettingKey) -> SettingPlace { places[key] ?? .builtIn }

    /// The text of a setting that may be missing.
    func optionalText(_ key: SettingKey) -> String? {
        guard case .text(let text) = values[key] else { return nil }
        return text
    }

    /// The text of a setting that has a default.
    func text(_ key: SettingKey) -> String { optionalText(key) ?? missing(key) }

    /// The number of a setting that has a default.
    func integer(_ key: SettingKey) -> Int {
        guard case .integer(let number) = values[key] else { return missing(key) }
        return number
    }

    /// Whether a setting that has a default is on.
    func flag(_ key: SettingKey) -> Bool {
        guard case .flag(let isOn) = values[key] else { return missing(key) }
        return isOn
    }

    /// The items of a setting that has a default.
    func list(_ key: SettingKey) -> [String] {
        guard case .list(let items) = values[key] else { return missing(key) }
        return items
    }

    /// Reached by a mistake in the catalogue alone, which a test would find.
    private func missing<Value>(_ key: SettingKey) -> Value {
        preconditionFailure("the catalogue gives \(key.rawValue) no default of its form")
    }
}
