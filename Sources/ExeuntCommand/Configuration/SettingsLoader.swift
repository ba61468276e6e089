internal import Configuration
internal import Suggestions

/// Gathers the settings from the options of the command, the environment, a file and the defaults, in this order.
struct SettingsLoader: Sendable {
    /// Values of options, by what they set, with the option's name.
    var options: [SettingKey: (name: String, value: String)] = [:]
    var environment: [String: String] = [:]
    /// The path of the configuration file, if there is one.
    var file: String?

    /// The settings, checked one by one and together.
    ///
    /// Throws everything that is wrong at once.
    func load() async throws(InvalidConfiguration) -> Settings {
        let file = try file.map { path throws(InvalidConfiguration) in try ConfigurationFile(path: path) }
        var faults = file?.faults ?? []
        faults += unknownVariables()
        guard faults.isEmpty else { throw InvalidConfiguration(faults: faults) }

        let recorder = LookupRecorder()
        let reader = ConfigReader(providers: try await providers(file), accessReporter: recorder)
        var settings = Settings()
        for setting in SettingsCatalog.all {
            let value = try? setting.form.read(setting.key, from: reader)
            guard let index = recorder.decidingProvider else { continue }
            let place = place(of: setting.key, providerIndex: index, file: file)
            if let value, setting.form.accepts(value) {
                settings.set(setting.key, to: value, from: place)
            } else {
                let given =
                    value.map(setting.form.refusedPart)
                    ?? (try? reader.requiredString(forKey: ConfigKey(setting.key.rawValue)))
                faults.append(Self.fault(setting, given: setting.form.isSecret ? nil : given, place: place))
            }
        }
        if faults.isEmpty { faults = settings.contradictions }
        guard faults.isEmpty else { throw InvalidConfiguration(faults: faults) }
        return settings
    }

    /// The places to look in, the strongest first.
    private func providers(_ file: ConfigurationFile?) async throws(InvalidConfiguration) -> [any ConfigProvider] {
        let options = Dictionary(
            uniqueKeysWithValues: options.map {
                (AbsoluteConfigKey(ConfigKey($0.key.rawValue)), ConfigValue(.string($0.value.value), isSecret: false))
            })
        let defaults = SettingsCatalog.all.compactMap { setting in
            setting.defaultValue.map {
                (AbsoluteConfigKey(ConfigKey(setting.key.rawValue)), ConfigValue($0.content, isSecret: false))
            }
        }
        var providers: [any ConfigProvider] = [
            InMemoryProvider(name: "options", values: options),
            EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: "exeunt"),
        ]
        if let file, !file.lines.isEmpty {
            do {
                let location = InMemoryProvider(values: ["filePath": ConfigValue(.string(file.path), isSecret: false)])
                providers.append(try await FileProvider<YAMLSnapshot>(config: ConfigReader(provider: location)))
            } catch {
                let fault = ConfigurationFault(place: .file(file.path, line: nil), message: "\(error)")
                throw InvalidConfiguration(faults: [fault])
            }
        }
        providers.append(
            InMemoryProvider(name: "defaults", values: Dictionary(uniqueKeysWithValues: defaults)))
        return providers
    }

    private func place(of key: SettingKey, providerIndex: Int, file: ConfigurationFile?) -> SettingPlace {
        switch providerIndex {
        case 0: .option(options[key]?.name ?? key.rawValue)
        case 1: .environment(key.environmentName)
        case 2:
            if let file, !file.lines.isEmpty {
                .file(file.path, line: file.lines[key.rawValue])
            } else {
                .builtIn
            }
        default: .builtIn
        }
    }

    private func unknownVariables() -> [ConfigurationFault] {
        EnvironmentNames.unknown(in: environment).map { name in
            let near = Suggestion.nearest(to: name, among: SettingKey.allCases.map(\.environmentName))
            let hint = near.map { "did you mean \($0)?" } ?? "`exeunt config --reference` lists all keys"
            return ConfigurationFault(
                key: name, place: .environment(name), message: "there is no such setting; \(hint)")
        }
    }

    private static func fault(_ setting: Setting, given: String?, place: SettingPlace) -> ConfigurationFault {
        let problem =
            switch given {
            case nil: "this is no value for it"
            case "": "it is empty"
            case let given?: "\"\(given)\" will not do"
            }
        return ConfigurationFault(
            key: setting.key.rawValue, place: place, message: "\(problem); it takes \(setting.form.expectation)")
    }
}

extension SettingValue {
    /// The value as the configuration library holds it.
    fileprivate var content: ConfigContent {
        switch self {
        case .text(let text): .string(text)
        case .integer(let number): .int(number)
        case .flag(let isOn): .bool(isOn)
        case .list(let items): .stringArray(items)
        }
    }
}
