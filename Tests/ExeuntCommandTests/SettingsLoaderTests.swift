import Exeunt
import ExeuntHTTP
import Testing

@testable import ExeuntCommand

@Suite struct SettingsLoaderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// What is said of a configuration, a line for each thing that is wrong.
    private func faults(_ loader: SettingsLoader) async -> [String] {
        do {
            _ = try await loader.load()
            return []
        } catch {
            return error.faults.map { $0.line.replacing(folder.path + "/", with: "") }
        }
    }

    private func faults(inFile text: String) async throws -> [String] {
        await faults(SettingsLoader(file: try folder.write(text, to: "c.yaml")))
    }

    @Test func `an option wins over the environment, that over the file, and that over the default`() async throws {
        let file = try folder.write(
            "listen: 127.0.0.1:1\nsession:\n  max_per_subject: 3\n  when_full: refuse\ntokens:\n  audience: [a, b]\n",
            to: "c.yaml")
        let settings = try await SettingsLoader(
            options: [.listen: ("--listen", "127.0.0.1:3")],
            environment: [
                "EXEUNT_LISTEN": "127.0.0.1:2", "EXEUNT_SESSION_MAX_PER_SUBJECT": "4", "HOME": "/root",
                "EXEUNT_TRUSTED_PROXIES": "10.0.0.0/8, ::1", "EXEUNT_LOGOUT_CLEAR_CACHE": "true",
            ],
            file: file
        ).load()
        #expect(settings.listen.port == 3 && settings.place(of: .listen) == .option("--listen"))
        #expect(settings.policy(issuer: "i").concurrency == ConcurrencyLimit(sessions: 4, whenFull: .refuse))
        #expect(settings.place(of: .maxPerSubject) == .environment("EXEUNT_SESSION_MAX_PER_SUBJECT"))
        #expect(settings.place(of: .whenFull) == .file(file, line: 4))
        #expect(settings.list(.audience) == ["a", "b"] && settings.list(.trustedProxies) == ["10.0.0.0/8", "::1"])
        #expect(settings.flag(.clearCache) && settings.place(of: .refreshGrace) == .builtIn)
    }

    @Test(arguments: ["", "# nothing\n", "session:\n#  when_full: refuse\n", "~\n"])
    func `a file that sets nothing leaves the defaults`(text: String) async throws {
        #expect(try await faults(inFile: text) == [])
    }

    @Test func `an empty list in the environment empties the list of the file`() async throws {
        let file = try folder.write("trusted_proxies: [127.0.0.1]\n", to: "c.yaml")
        let settings = try await SettingsLoader(environment: ["EXEUNT_TRUSTED_PROXIES": ""], file: file).load()
        #expect(settings.list(.trustedProxies) == [])
    }

    @Test(arguments: [
        ("session:\n  idle_timeout: 5", "session.idle_timeout (c.yaml, line 2): ", "session.idle_timeout_seconds?"),
        ("sesion:\n  when_full: refuse", "sesion.when_full (c.yaml, line 2): ", "session.when_full?"),
        ("when_full: refuse", "when_full (c.yaml, line 1): ", "session.when_full?"),
        ("colour: red", "colour (c.yaml, line 1): there is no such key", "exeunt config --reference"),
        ("session: 5", "session (c.yaml, line 1): ", "session.max_per_subject"),
        ("listen:\n  port: 1", "listen (c.yaml, line 1): ", "not a section"),
        ("public_url:", "public_url (c.yaml, line 1): ", "no value"),
        ("log.level: info\nlog:\n  level: info", "log.level (c.yaml, line 3): ", "twice"),
        ("trusted_proxies: [{a: b}]", "trusted_proxies (c.yaml, line 1): ", "texts"),
        ("- a", "c.yaml, line 1: ", "keys and values"),
        ("listen: [a\n - : :", "c.yaml, line 2: ", "YAML"),
    ])
    func `what a file may not say is told with its line and what would be right`(
        text: String, start: String, right: String
    ) async throws {
        let lines = try await faults(inFile: text)
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(line.hasPrefix(start) && line.contains(right), "\(line)")
    }

    @Test(arguments: [
        (SettingKey.idleTimeout, "soon", "seconds"), (.idleTimeout, "-5", "from 1"), (.idleTimeout, "0", "from 1"),
        (.idleTimeout, "1.5", "whole number"), (.idleTimeout, "", "empty"),
        (.idleTimeout, "99999999999999999999", "to"),
        (.whenFull, "explode", "end_oldest or refuse"), (.algorithm, "none", "ES256"), (.algorithm, "es256", "ES256"),
        (.clearCache, "perhaps", "true or false"), (.publicURL, "http://id.example.test", "https"),
        (.publicURL, "https://id.example.test/path", "without a path"), (.publicURL, "not a url", "https"),
        (.listen, "nowhere", "HOST:PORT"), (.listen, "127.0.0.1:65536", "HOST:PORT"),
        (.trustedProxies, "127.0.0.1,my-proxy", "CIDR"), (.scryptLog2N, "99", "10 to 20"), (.logLevel, "loud", "info"),
        (.defaultReturn, "//evil.example", "one /"), (.defaultReturn, "/\\evil", "one /"),
        (.returnURLs, "javascript:alert(1)", "https"), (.audience, "a b", "names"), (.data, "", "folder"),
    ])
    func `a bad value is told with its variable and what would be right`(
        key: SettingKey, value: String, right: String
    ) async throws {
        let lines = await faults(SettingsLoader(environment: [key.environmentName: value]))
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(line.hasPrefix("\(key.rawValue) (\(key.environmentName)): ") && line.contains(right), "\(line)")
    }

    @Test func `everything that is wrong is told at once`() async throws {
        let lines = try await faults(inFile: "session:\n  idle_timeout_seconds: soon\nlog:\n  level: loud\n")
        #expect(lines.count == 2)
    }

    @Test func `an unknown variable of ours is refused, one of Kubernetes is not`() async {
        let pod = ["EXEUNT_SERVICE_HOST": "10.0.0.1", "EXEUNT_PORT": "tcp://10.0.0.1", "EXEUNT_PORT_80_TCP": "x"]
        #expect(await faults(SettingsLoader(environment: pod)).count == 3)
        #expect(await faults(SettingsLoader(environment: pod.merging(["KUBERNETES_SERVICE_HOST": "x"]) { $1 })) == [])
        let lines = await faults(SettingsLoader(environment: ["EXEUNT_SESSION_WHENFULL": "refuse", "EXEUNTS": "x"]))
        #expect(lines == ["EXEUNT_SESSION_WHENFULL: there is no such setting; did you mean EXEUNT_SESSION_WHEN_FULL?"])
    }

    @Test func `a file that is not there or not text is told by its name`() async throws {
        #expect(await faults(SettingsLoader(file: folder.file("no.yaml"))).first?.contains("no.yaml") == true)
        #expect(await faults(SettingsLoader(file: folder.path)).first?.contains("no file") == true)
    }

    // MARK: Together

    private func contradictions(_ values: [SettingKey: String]) async -> [String] {
        await faults(
            SettingsLoader(
                environment: Dictionary(uniqueKeysWithValues: values.map { ($0.key.environmentName, $0.value) })))
    }

    @Test func `others are not let in without TLS`() async {
        let open = await contradictions([.listen: "0.0.0.0:8080"])
        #expect(open.count == 1 && open.first?.contains("public_url") == true)
        #expect(await contradictions([.listen: "0.0.0.0:8080", .publicURL: "http://localhost:8080"]).count == 1)
        #expect(await contradictions([.listen: "0.0.0.0:8080", .publicURL: "https://id.example.test"]) == [])
        let tls: [SettingKey: String] = [.tlsCertificate: "c.pem", .tlsKey: "k.pem"]
        #expect(await contradictions(tls.merging([.listen: "192.0.2.7:443"]) { $1 }) == [])
        #expect(
            await contradictions(tls.merging([.listen: "0.0.0.0:443"]) { $1 }).first?.contains("public_url") == true)
    }

    @Test func `a certificate and its key come together, and then the address is https`() async {
        #expect(await contradictions([.tlsCertificate: "c.pem"]).first?.contains("tls.key") == true)
        #expect(await contradictions([.tlsKey: "k.pem"]).first?.contains("tls.certificate") == true)
        let mixed = await contradictions([.tlsCertificate: "c", .tlsKey: "k", .publicURL: "http://localhost"])
        #expect(mixed.count == 1 && mixed.first?.hasPrefix("public_url") == true)
    }

    @Test(
        arguments: [
            ("127.0.0.1:0", nil, "http://localhost:4000"), ("[::1]:0", nil, "http://localhost:4000"),
            ("localhost:0", nil, "http://localhost:4000"), ("0.0.0.0:0", "https://a.test", "https://a.test"),
        ] as [(String, String?, String)])
    func `the public address follows from where it listens`(
        listen: String, publicURL: String?, origin: String
    ) async throws {
        var environment = ["EXEUNT_LISTEN": listen]
        environment["EXEUNT_PUBLIC_URL"] = publicURL
        let settings = try await SettingsLoader(environment: environment).load()
        #expect(settings.publicURL(port: 4000)?.origin == origin)
    }
}
