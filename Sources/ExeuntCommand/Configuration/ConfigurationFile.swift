internal import Suggestions
internal import Yams

/// A configuration file as it is written: which keys stand on which lines, and what is wrong with them as such.
///
/// The values themselves are read by the configuration library; this looks for what that passes over.
struct ConfigurationFile {
    let path: String
    /// The line of each key that is set, by the key's full name.
    private(set) var lines: [String: Int] = [:]
    private(set) var faults: [ConfigurationFault] = []

    /// Reads the file at `path`; one with nothing but comments sets nothing.
    ///
    /// Throws when it cannot be read, or is not YAML.
    init(path: String) throws(InvalidConfiguration) {
        do {
            try self.init(path: path, text: SmallFile.read(path))
        } catch let error as CommandFailure {
            throw InvalidConfiguration(faults: [ConfigurationFault(message: error.message)])
        } catch {
            throw InvalidConfiguration(faults: [Self.fault(of: error, in: path)])
        }
    }

    /// The file at `path` that holds `text`.
    ///
    /// Throws what the YAML parser throws.
    init(path: String, text: String) throws {
        self.path = path
        guard let root = try Parser(yaml: text).singleRoot() else { return }
        switch root {
        case .mapping(let mapping): add(mapping, under: [])
        case .scalar(let scalar) where scalar.isNull: break
        case .scalar, .sequence, .alias:
            faults.append(
                fault(nil, root, "the file is a list or a text; it must be keys and values, such as `data: ./data`"))
        }
    }

    private mutating func add(_ mapping: Node.Mapping, under parents: [String]) {
        for (keyNode, value) in mapping {
            guard let name = keyNode.scalar?.string, !name.isEmpty else {
                faults.append(fault(parents.joined(separator: "."), keyNode, "a key must be a word"))
                continue
            }
            let key = (parents + [name]).joined(separator: ".")
            switch value {
            case .mapping(let inner) where SettingKey(rawValue: key) == nil: add(inner, under: parents + [name])
            case .mapping: faults.append(fault(key, keyNode, "it is a key with one value, not a section"))
            case .scalar(let scalar) where scalar.isNull && SettingKey.isSection(key): continue
            case .scalar(let scalar) where scalar.isNull && SettingKey(rawValue: key) != nil:
                faults.append(fault(key, keyNode, "it has no value; give it one, or take the line away"))
            case .sequence(let items) where items.contains(where: { $0.scalar == nil }):
                faults.append(fault(key, keyNode, "the items of a list must be texts"))
            case .scalar, .sequence, .alias: note(key, keyNode)
            }
        }
    }

    private mutating func note(_ key: String, _ node: Node) {
        if SettingKey.isSection(key) {
            let names = SettingKey.allCases.map(\.rawValue).filter { $0.hasPrefix(key + ".") }
            faults.append(fault(key, node, "it is a section; it holds \(names.joined(separator: ", "))"))
        } else if SettingKey(rawValue: key) == nil {
            let near = Suggestion.nearest(to: key, among: SettingKey.allCases.map(\.rawValue))
            let hint = near.map { "did you mean \($0)?" } ?? "`exeunt config --reference` lists all keys"
            faults.append(fault(key, node, "there is no such key; \(hint)"))
        } else if let line = lines[key] {
            faults.append(fault(key, node, "it is set twice, on line \(line) too"))
        } else {
            lines[key] = node.mark?.line ?? 0
        }
    }

    private func fault(_ key: String?, _ node: Node, _ message: String) -> ConfigurationFault {
        ConfigurationFault(
            key: key?.isEmpty == true ? nil : key, place: .file(path, line: node.mark?.line), message: message)
    }

    /// What the YAML parser found, in one line.
    private static func fault(of error: any Error, in path: String) -> ConfigurationFault {
        let (problem, line): (String, Int?) =
            switch error as? YamlError {
            case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
                .composer(_, let problem, let mark, _):
                (problem, mark.line)
            case .duplicatedKeysInMapping(let duplicates, let context):
                ("\(duplicates.joined(separator: ", ")) is there twice", context.mark.line)
            case .reader(let problem, _, _, _): (problem, nil)
            default: ("it cannot be read", nil)
            }
        return ConfigurationFault(place: .file(path, line: line), message: "this is not YAML: \(problem)")
    }
}

extension SettingKey {
    /// Whether a name is that of a section, such as `session`.
    static func isSection(_ name: String) -> Bool { allCases.contains { $0.section == name } }
}

extension Node.Scalar {
    /// Whether nothing stands there, or a word for nothing.
    fileprivate var isNull: Bool { style == .plain && ["", "~", "null", "Null", "NULL"].contains(string) }
}
