/// Where a setting's value came from.
enum SettingPlace: Hashable, Sendable {
    /// An option of the command, by its name.
    case option(String)
    case environment(String)
    /// A file, and the line in it where that is known.
    case file(String, line: Int?)
    case builtIn

    /// The place in a message.
    var text: String {
        switch self {
        case .option(let name), .environment(let name): name
        case .file(let path, let line): line.map { "\(path), line \($0)" } ?? path
        case .builtIn: "default"
        }
    }
}
