import Testing

@testable import LogoutAudit

/// Sign-ins by a program of the user's.
@Suite struct CommandTests {
    private static let base = "https://app.example"

    private func read(_ signIn: String, _ environment: [String: String] = [:]) throws -> Target {
        try TargetFile.read(
            "base: \(Self.base)\nsign-in: \(signIn)\nsign-out:\n  - post: /logout\nprotected: [/account]\n",
            environment: environment)
    }

    private func faults(_ signIn: String, _ environment: [String: String] = [:]) -> String {
        do {
            _ = try read(signIn, environment)
            return ""
        } catch let error as InvalidTarget {
            return error.faults.map(\.description).joined(separator: "\n")
        } catch { return "\(error)" }
    }

    // MARK: The target file

    @Test func `a text is split into words as one writes them`() throws {
        let target = try read("{command: \"./login.sh 'two words' a\\\\ b\"}")
        #expect(target.signIn.first?.shown == "the command ./login.sh two words a b")
        #expect(CommandWords.words(in: "a 'b c' \"d \\\" e\" f\\ g ''") == ["a", "b c", "d \" e", "f g", ""])
    }

    @Test(arguments: ["a | b", "a > b", "a; b", "a `b`", "$(a)", "a $HOME", "a 'b"])
    func `what needs a shell is refused`(_ command: String) {
        #expect(CommandWords.words(in: command) == nil)
    }

    @Test func `secrets are not put where everybody sees them`() {
        let hint = "everybody on this machine"
        #expect(faults("{command: [login, \"${AUDIT_PASSWORD}\"]}", ["AUDIT_PASSWORD": "secret"]).contains(hint))
        #expect(faults("{command: [login, \"{{password}}\"]}").contains(hint))
    }

    @Test func `a command stands alone in its step, and signs in`() {
        #expect(faults("{command: login, expect: 200}").contains("no `expect`"))
        #expect(faults("{command: []}").contains("name the program"))
        #expect(faults("[{get: /}, {command: login}]").isEmpty)
        let text = "base: \(Self.base)\nsign-in: {command: login}\nsign-out: {command: logout}\nprotected: [/a]\n"
        #expect(throws: InvalidTarget.self) { try TargetFile.read(text, environment: [:]) }
    }

    @Test func `what looks like a secret in the environment gets into no report`() throws {
        let target = try read("{command: login}", ["VAULT_TOKEN": "abcdefgh", "HOME": "/home/me"])
        #expect(target.secrets == ["VAULT_TOKEN": "abcdefgh"])
    }

    // MARK: What it prints

    private func cookies(_ text: String) throws(ProgramFailure) -> [Cookie] {
        guard let base = WebAddress(Self.base) else { return [] }
        return try PrintedCookies.read(text, base: base)
    }

    @Test(arguments: ["\n", "\r\n"])
    func `curl's jar is read`(_ lineEnd: String) throws {
        let jar = [
            "# Netscape HTTP Cookie File", "", "#HttpOnly_app.example\tFALSE\t/\tTRUE\t0\tsid\tabc=",
            ".example\tTRUE\t/a\tFALSE\t1900000000\tlang\ten", "app.example\tFALSE\t/\tFALSE\t0\tempty",
        ].joined(separator: lineEnd)
        let read = try cookies(jar)
        #expect(read.map(\.name) == ["sid", "lang", "empty"] && read.map(\.value) == ["abc=", "en", ""])
        #expect(read[0].isHTTPOnly && read[0].isSecure && read[0].isHostOnly && read[0].expires == nil)
        #expect(!read[1].isHostOnly && read[1].domain == "example" && read[1].expires == 1_900_000_000)
    }

    @Test func `Playwright's storage state is read`() throws {
        let state = """
            {"cookies": [{"name": "sid", "value": "abc", "domain": ".app.example", "path": "/", "expires": -1,
            "httpOnly": true, "secure": true, "sameSite": "Lax"}], "origins": []}
            """
        let read = try cookies(state)
        #expect(read.count == 1 && read[0].domain == "app.example" && !read[0].isHostOnly && read[0].expires == nil)
        #expect(read[0].sameSite == .lax && read[0].isSecure && read[0].isHTTPOnly)
    }

    @Test(arguments: [
        "{\"sid\": \"abc\"}", "[{\"name\": \"sid\", \"value\": \"abc\"}]", "{\"cookies\": {\"sid\": \"abc\"}}",
    ])
    func `plain JSON is for the base`(_ text: String) throws {
        let read = try cookies(text)
        #expect(read.map(\.domain) == ["app.example"] && read[0].value == "abc" && read[0].isSecure)
    }

    @Test(arguments: [
        "", "nonsense", "{", "[1]", "\"text\"", "{\"cookies\": 1}", "{\"a\": {\"b\": 1}}", "[{\"name\": \"a\"}]",
        "a\tb\tc\td\te\tf\tg", "[{\"name\": \"a\", \"value\": \"b; c\"}]", "[{\"name\": \"a\", \"value\": \"b\\nc\"}]",
        "{\"\": \"a\"}",
    ])
    func `rubbish is told in a sentence`(_ text: String) {
        #expect(throws: ProgramFailure.self) { try cookies(text) }
    }

    // MARK: Signing in

    private func device(_ printed: ProgramOutput, signIn: String = "{command: login}") async throws -> Device {
        var surroundings = Surroundings.test()
        surroundings.run = { words, _ throws(ProgramFailure) in
            guard words == ["login"] else { throw ProgramFailure("there is no such program") }
            return printed
        }
        let target = try read(signIn)
        let app = SmallApp(randomBytes: surroundings.randomBytes)
        let auditor = Auditor(target: target, transport: app, surroundings: surroundings)
        var device = auditor.freshDevice()
        try await device.perform(target.signIn)
        return device
    }

    @Test func `only cookies of the target's hosts are kept`() async throws {
        let output = "app.example\tFALSE\t/\tTRUE\t0\tsid\tabc\nother.example\tFALSE\t/\tTRUE\t0\tsid\tdef\n"
        let device = try await device(ProgramOutput(output: output))
        #expect(device.jar.cookies.map(\.value) == ["abc"])
    }

    @Test func `tokens are picked from what it prints`() async throws {
        let output = ProgramOutput(output: "{\"cookies\": [], \"values\": {\"access\": \"eyJabc\"}}")
        let device = try await device(output, signIn: "[{command: login, pick: {access: {json: /values/access}}}]")
        #expect(device.values["access"] == "eyJabc")
    }

    @Test func `what is of no use is said with what to do`() async throws {
        func complaint(_ output: ProgramOutput) async -> String {
            do {
                _ = try await device(output)
                return ""
            } catch { return "\(error)" }
        }
        #expect(
            await complaint(ProgramOutput(output: "", errors: "no route", status: 3)).contains("3; it said: no route"))
        #expect(
            await complaint(ProgramOutput(output: "a.example\tFALSE\t/\tTRUE\t0\tx\ty")).contains(
                "none for app.example"))
        #expect(await complaint(ProgramOutput(output: "app.example\tFALSE\t/\tTRUE\t5\tx\ty")).contains("expired"))
    }

    // MARK: Programs

    @Test func `a program is run with its arguments and its environment, and nothing of a shell`() async throws {
        let output = try await UserProgram.run(["printf", "%s|", "$HOME", "a b"], [:])
        #expect(output == ProgramOutput(output: "$HOME|a b|"))
        let told = try await UserProgram.run(
            ["sh", "-c", "echo $EXEUNT_PASSWORD; cat; echo oops >&2; exit 4"], ["EXEUNT_PASSWORD": "x"])
        #expect(told == ProgramOutput(output: "x\n", errors: "oops\n", status: 4))
    }

    @Test func `what it leaves running does not hold it up`() async throws {
        let output = try await UserProgram.run(["sh", "-c", "sleep 300 & echo done"], [:])
        #expect(output.output == "done\n" && output.status == 0)
    }

    @Test func `a program that prints without end is ended`() async {
        await #expect(throws: ProgramFailure.self) { try await UserProgram.run(["yes"], [:]) }
    }
}
