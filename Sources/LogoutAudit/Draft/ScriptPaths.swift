/// The paths that stand in a page's scripts as texts of their own: what the scripts may call.
enum ScriptPaths {
    /// Those in a script, in their order, each once.
    static func all(in script: String) -> [String] {
        var paths: [String] = []
        for match in script.matches(of: /["'`](\/[A-Za-z0-9_\-.\/]{1,80})["'`]/) {
            let path = String(match.output.1)
            if !paths.contains(path), !path.hasPrefix("//"), !isFile(path) { paths.append(path) }
        }
        return paths
    }

    private static func isFile(_ path: String) -> Bool {
        [".js", ".mjs", ".css", ".png", ".svg", ".ico", ".map", ".woff2"].contains(where: path.hasSuffix)
    }
}
