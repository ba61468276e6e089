/// The environment variables that are ours.
enum EnvironmentNames {
    /// What each of them begins with.
    static let prefix = "EXEUNT_"

    /// Those of some variables that look like ours and are no setting, in alphabetical order.
    ///
    /// Kubernetes puts variables of its own (`EXEUNT_SERVICE_HOST`, `EXEUNT_PORT_8080_TCP`, …) into every pod beside a
    /// service that is named `exeunt`; they are passed over, there alone.
    static func unknown(in variables: [String: String]) -> [String] {
        let known = Set(SettingKey.allCases.map(\.environmentName))
        let isOnKubernetes = variables["KUBERNETES_SERVICE_HOST"] != nil
        return variables.keys.sorted().filter { name in
            guard name.hasPrefix(prefix), !known.contains(name) else { return false }
            let rest = name.dropFirst(prefix.count)
            return !(isOnKubernetes && (rest.hasPrefix("SERVICE_") || rest == "PORT" || rest.hasPrefix("PORT_")))
        }
    }
}
