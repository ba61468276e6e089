/// The table of all settings for the documentation.
enum SettingsReference {
    /// The table in Markdown.
    static var markdown: String {
        let rows = SettingsCatalog.all.map { setting in
            let standard = setting.otherwise ?? setting.defaultValue.map { "`\($0.text)`" } ?? "none"
            return "| `\(setting.key.rawValue)` | \(standard) | \(setting.form.shortExpectation) | \(setting.meaning) |"
        }
        return (["| key | default | takes | meaning |", "| --- | --- | --- | --- |"] + rows).joined(separator: "\n")
    }
}

extension SettingForm {
    /// What would be right, in the fewest words.
    fileprivate var shortExpectation: String {
        switch self {
        case .integer(let range, let unit):
            "\(range.lowerBound) to \(range.upperBound)\(unit.map { " \($0)" } ?? "")"
        case .flag: "`true`, `false`"
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .text(.listenAddress): "`HOST:PORT`"
        case .text(.folder), .text(.file), .text(.returnPath): "path"
        case .text(.publicURL), .text(.returnURL), .text(.redisURL), .text(.database): "URL"
        case .text(.addressBlock): "address"
        case .text(.audience), .text(.redisPrefix): "name"
        case .list(.addressBlock): "list of addresses"
        case .list(.returnURL): "list of URLs"
        case .list: "list of names"
        }
    }
}
