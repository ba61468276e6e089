internal import ExeuntCommand

/// The program `exeunt`.
@main
enum Main {
    static func main() async { await EntryPoint.main() }
}
