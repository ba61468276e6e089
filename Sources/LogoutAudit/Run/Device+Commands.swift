extension Device {
    /// Runs a program, and takes in the cookies that it prints, those for other hosts than the target's left out.
    mutating func run(_ words: [Template], of step: Step) async throws {
        var environment: [String: String] = [:]
        // The password that is right now, which need not be that of the file.
        if let user = values["user"], let password = values["password"] {
            environment = ["EXEUNT_USER": user, "EXEUNT_PASSWORD": password]
        }
        var arguments: [String] = []
        for word in words { arguments.append(try text(word, of: step)) }
        let result: ProgramOutput
        do throws(ProgramFailure) { result = try await surroundings.run(arguments, environment) } catch {
            throw failure(step, error.description)
        }
        guard result.status == 0 else {
            throw failure(step, "it ended with the status \(result.status)" + said(result.errors))
        }
        do throws(ProgramFailure) { try take(PrintedCookies.read(result.output, base: target.base)) } catch {
            throw failure(step, error.description + said(result.errors))
        }
        // What it printed is taken for an answer, so that tokens can be picked from it.
        if let missing = take(step.picks, from: [WebAnswer(status: 200, body: result.output)]) {
            throw failure(
                step,
                "what it printed has not got \(missing.sought), to be picked as \(missing.name)" + said(result.errors))
        }
    }

    private mutating func take(_ cookies: [Cookie]) throws(ProgramFailure) {
        for cookie in cookies { learn(cookie: cookie.name, cookie.value) }
        let now = surroundings.now()
        let ours = cookies.filter { cookie in target.hosts.contains { Self.is(cookie, for: $0) } }
        let live = ours.filter { $0.expires.map { $0 > now } ?? true }
        if live.isEmpty, !cookies.isEmpty {
            let hosts = Set(cookies.map(\.domain)).sorted().prefix(3).joined(separator: ", ")
            let wanted = target.hosts.sorted().joined(separator: ", ")
            throw ProgramFailure(
                ours.isEmpty
                    ? "it printed cookies for \(hosts), and none for \(wanted)"
                    : "all cookies that it printed have expired")
        }
        for cookie in live { jar.put(cookie) }
    }

    private static func `is`(_ cookie: Cookie, for hostAndPort: String) -> Bool {
        guard let (host, _) = WebAddress.hostAndPort(hostAndPort) else { return false }
        return cookie.isHostOnly ? host == cookie.domain : Cookie.host(host, isWithin: cookie.domain)
    }

    /// The end of what it said, without secrets.
    private func said(_ errors: String) -> String {
        let text = redactor.redacted(errors).trimmed
        guard !text.isEmpty else { return "; it said nothing on standard error" }
        let end = text.suffix(AuditLimits.commandErrorCharacters)
        return "; it said: " + (end.count < text.count ? "…" : "") + end
    }
}
