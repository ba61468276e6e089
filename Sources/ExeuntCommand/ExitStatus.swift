/// How the command ends, for scripts.
enum ExitStatus: Int32, Sendable {
    case success = 0
    /// What it looked for or checked is not so.
    case notSo = 1
    /// It could not try: bad usage, a configuration or a data folder that cannot be used.
    case couldNotTry = 2
}
