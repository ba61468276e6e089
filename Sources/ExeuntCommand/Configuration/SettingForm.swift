internal import Configuration
internal import PostgresStore
internal import RedisLink

/// What a setting's value may be.
enum SettingForm: Sendable {
    /// A whole number in a range, with the word for what it counts, if it counts something.
    case integer(ClosedRange<Int>, unit: String?)
    case flag
    case choice([String])
    case text(TextForm)
    case list(TextForm)

    /// What would be right, to follow "it takes".
    var expectation: String {
        switch self {
        case .integer(let range, let unit):
            "a whole number\(unit.map { " of \($0)" } ?? "") from \(range.lowerBound) to \(range.upperBound)"
        case .flag: "true or false"
        case .choice(let words): words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
        case .text(let form): form.one
        case .list(let form): "a list of \(form.many)"
        }
    }

    /// Whether a value may hold a secret, so that it is never shown as it is.
    var isSecret: Bool {
        switch self {
        case .text(.redisURL), .text(.database): true
        default: false
        }
    }

    /// A value as it may be shown.
    func shown(_ value: SettingValue) -> SettingValue {
        switch self {
        case .text(.redisURL): .text((try? RedisAddress(value.text)).map { "\($0)" } ?? "***")
        case .text(.database): .text(DatabaseURI(value.text).map { "\($0)" } ?? "***")
        default: value
        }
    }

    /// Whether a value is one of these.
    func accepts(_ value: SettingValue) -> Bool {
        switch (self, value) {
        case (.integer(let range, _), .integer(let number)): range.contains(number)
        case (.flag, .flag): true
        case (.choice(let words), .text(let word)): words.contains(word)
        case (.text(let form), .text(let text)): form.accepts(text)
        case (.list(let form), .list(let items)): items.allSatisfy(form.accepts)
        default: false
        }
    }

    /// The part of a value that keeps it from being accepted: an item of a list, else the whole.
    func refusedPart(of value: SettingValue) -> String {
        guard case .list(let form) = self, case .list(let items) = value else { return value.text }
        return items.first { !form.accepts($0) } ?? value.text
    }

    /// Reads a setting, typed, from the first provider that has it.
    ///
    /// Throws when no provider has it, or the first one that has it has something of another type.
    func read(_ key: SettingKey, from reader: ConfigReader) throws -> SettingValue {
        let key = ConfigKey(key.rawValue)
        switch self {
        case .integer: return .integer(try reader.requiredInt(forKey: key))
        case .flag: return .flag(try reader.requiredBool(forKey: key))
        case .choice, .text: return .text(try reader.requiredString(forKey: key))
        case .list: return .list(try reader.requiredStringArray(forKey: key).filter { !$0.isEmpty })
        }
    }
}
