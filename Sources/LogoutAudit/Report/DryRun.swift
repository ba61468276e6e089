/// What an audit would send.
package enum DryRun {
    package static func text(_ target: Target, probes: [Probe]) -> String {
        var text =
            "Only to \(target.hosts.sorted().joined(separator: ", ")), \(target.rate) requests a second at most.\n"
        func add(_ name: String, shown steps: [String]?) {
            guard let steps, !steps.isEmpty else { return }
            text += "\n\(name)\n" + steps.map { "  \($0)\n" }.joined()
        }
        func add(_ name: String, _ steps: [Step]?) { add(name, shown: steps?.map(\.shown)) }
        add("To sign in", target.signIn)
        add("To sign in with remember-me", target.remember?.signIn)
        add("To sign out", target.signOut)
        add("To refresh", target.refresh?.steps)
        add("To sign out everywhere", target.everywhere)
        add("To end the other sessions", target.others)
        add("To name a device", target.devices?.identify)
        add("To end a device", target.devices?.end)
        add("To change the password, with --allow-password-change", target.passwordChange?.steps)
        text += "\nTo see who is signed in\n" + target.protected.map { "  GET \($0.path)\n" }.joined()
        text += target.eventStreams.map { "  GET \($0), held open\n" }.joined()
        for socket in target.webSockets {
            let question = socket.question.map { ", and now and then \($0.shown)" } ?? ""
            text += "  GET \(socket.path), held open\(question)\n"
        }
        if probes.contains(where: { $0.group == .browser }) {
            add("To sign in with a browser", shown: target.browser?.signIn?.map(\.shown))
            add("To sign out with a browser", shown: target.browser?.signOut?.map(\.shown))
            text += "\nIn a browser pages fetch what belongs to them, from the same hosts and at the same pace.\n"
        }
        text += "\nFor each probe\n"
        let width = probes.map(\.id.count).max() ?? 0
        for probe in probes {
            text += "  \(probe.id)\(String(repeating: " ", count: width - probe.id.count))  \(probe.sends)\n"
        }
        return text
    }
}
