internal import ArgumentParser

/// The command `exeunt config`.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Show the settings in force and where each comes from.",
        discussion: """
            A setting comes from an option of `exeunt serve`, else from the environment (EXEUNT_ and the key in \
            capitals, with _ for each dot; lists are parted by commas), else from the file, else it has its default.
            """)

    @Flag(help: "Show every key with its default and its meaning instead, as a table in Markdown.")
    var reference = false

    @OptionGroup var options: CommonOptions

    private struct Row: Encodable {
        var key: String
        var value: SettingValue?
        var source: String
    }

    func run() async throws {
        if reference {
            try Output.write(SettingsReference.markdown + "\n")
            return
        }
        let settings = try await options.folder.loader.load()
        var table = Table("KEY", "VALUE", "FROM")
        for setting in SettingsCatalog.all {
            let value = settings.value(of: setting.key).map(setting.form.shown)
            let source = settings.place(of: setting.key).text
            if options.json {
                try Output.json(Row(key: setting.key.rawValue, value: value, source: source))
            } else {
                let isPlain = settings.place(of: setting.key) == .builtIn
                let text = isPlain ? setting.defaultText.replacing("`", with: "") : value?.text
                table.add(setting.key.rawValue, text ?? "none", source)
            }
        }
        if !options.json { try Output.write(table.text) }
    }
}

extension SettingValue: Encodable {
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .integer(let number): try container.encode(number)
        case .flag(let isOn): try container.encode(isOn)
        case .list(let items): try container.encode(items)
        }
    }
}
