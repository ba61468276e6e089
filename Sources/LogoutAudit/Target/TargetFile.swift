internal import Yams

/// The text of a target file.
package enum TargetFile {
    /// Reads it, with secrets from the environment; throws everything that is wrong with it at once.
    package static func read(_ text: String, environment: [String: String]) throws(InvalidTarget) -> Target {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw InvalidTarget(faults: [fault(of: error)])
        }
        guard let root else {
            throw InvalidTarget(faults: [
                TargetFault(place: "", message: "the file is empty; `exeunt audit init URL` writes one")
            ])
        }
        var reader = TargetReader(environment: environment)
        let target = reader.target(YAMLPlace(node: root, path: ""))
        guard reader.faults.isEmpty, let target else {
            throw InvalidTarget(faults: reader.faults.sorted { ($0.line ?? 0) < ($1.line ?? 0) })
        }
        return target
    }

    private static func fault(of error: any Error) -> TargetFault {
        let hint = "; a text with `: `, ` #`, `{` or `[` needs quotes, and lines of a list begin in the same column"
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            return TargetFault(line: mark.line, place: "", message: "this is no YAML (\(problem))\(hint)")
        default:
            return TargetFault(place: "", message: "this is no YAML\(hint)")
        }
    }
}
