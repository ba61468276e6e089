internal import Yams

extension TargetReader {
    private static let companions = ["command", "pick"]

    /// A step that runs a program: a text that is split at white space, or a list of arguments.
    mutating func command(_ command: YAMLPlace, of place: YAMLPlace, _ members: [String: YAMLPlace]) -> Step? {
        for (key, member) in members where !Self.companions.contains(key) {
            fault(member, "a `command:` step has no `\(key)`, only `pick`")
        }
        let words = words(command)
        for word in words where word.pieces.contains(where: \.isSecret) || word.names.contains("password") {
            fault(
                command,
                "everybody on this machine can see the arguments of a program; it has the environment, and takes secrets from there"
            )
            break
        }
        noteSecretsOfTheEnvironment()
        guard !words.isEmpty else { return nil }
        var step = Step(action: .command(words), line: place.line ?? 0)
        if let picks = members["pick"] { step.picks = self.picks(picks) }
        return step
    }

    private mutating func words(_ place: YAMLPlace) -> [Template] {
        if place.isList {
            if place.items.isEmpty { fault(place, "name the program to run") }
            return place.items.map { template($0) }
        }
        guard let text = place.text else {
            fault(place, "here must be a program with its arguments, not \(place.kind)")
            return []
        }
        guard let words = CommandWords.words(in: text) else {
            fault(
                place,
                "no shell reads this, so there are no pipes and no variables, and quotes must be closed; put it into a script, or write [sh, -c, \"…\"]"
            )
            return []
        }
        if words.isEmpty { fault(place, "name the program to run") }
        return words.map { template(YAMLPlace(node: .scalar(.init($0)), path: place.path)) }
    }

    /// The program may print what it finds in the environment, so that must not get into a report either.
    private mutating func noteSecretsOfTheEnvironment() {
        let words = ["password", "passwd", "secret", "token", "credential", "api_key", "apikey"]
        for (name, value) in environment where value.count >= AuditLimits.shortestSecret {
            if words.contains(where: name.lowercased().contains) { secrets[name] = value }
        }
    }

    /// Says where a command cannot stand.
    mutating func checkCommands(_ target: Target, _ root: YAMLPlace) {
        let elsewhere =
            [target.signOut, target.refresh?.steps, target.everywhere, target.others, target.devices?.identify]
            + [target.devices?.end, target.passwordChange?.steps]
        for step in elsewhere.compactMap({ $0 }).flatMap({ $0 }) where step.isCommand {
            faults.append(
                TargetFault(
                    line: step.line, place: "",
                    message: "only `sign-in` and `remember.sign-in` can be a command; what follows must be seen"))
        }
    }
}
