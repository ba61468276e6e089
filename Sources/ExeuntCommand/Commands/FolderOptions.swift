internal import ArgumentParser
internal import Foundation

/// Which configuration and which data folder a command works with.
struct FolderOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The configuration file, in YAML.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(help: ArgumentHelp("The data folder. (default: ./data)", valueName: "folder"), completion: .directory)
    var data: String?

    /// Where the settings come from, with these options on top.
    var loader: SettingsLoader {
        var loader = SettingsLoader(environment: ProcessInfo.processInfo.environment, file: config)
        if let data { loader.options[.data] = ("--data", data) }
        return loader
    }
}
