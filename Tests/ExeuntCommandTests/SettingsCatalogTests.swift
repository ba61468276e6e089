import Exeunt
import ExeuntHTTP
import Foundation
import Logging
import Testing

@testable import ExeuntCommand

@Suite struct SettingsCatalogTests {
    private static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test func `every key is in the catalogue once, with a variable of its own`() {
        #expect(SettingsCatalog.all.map(\.key.rawValue).sorted() == SettingKey.allCases.map(\.rawValue).sorted())
        #expect(Set(SettingKey.allCases.map(\.environmentName)).count == SettingKey.allCases.count)
        #expect(SettingKey.idleTimeout.environmentName == "EXEUNT_SESSION_IDLE_TIMEOUT_SECONDS")
        #expect(SettingKey.scryptLog2N.environmentName == "EXEUNT_SIGN_IN_SCRYPT_LOG2_N")
    }

    @Test(arguments: SettingsCatalog.all)
    func `a default is a value that its setting may have`(setting: Setting) {
        if let value = setting.defaultValue { #expect(setting.form.accepts(value)) }
        #expect(setting.meaning.hasSuffix("."))
    }

    @Test func `the defaults are those of the authority`() async throws {
        let settings = try await SettingsLoader().load()
        let policy = settings.policy(issuer: "https://id.example.test")
        let standard = AuthorityPolicy(issuer: "https://id.example.test")
        #expect(policy.lifetime == standard.lifetime)
        #expect(policy.endings == standard.endings)
        #expect(policy.concurrency == standard.concurrency)
        #expect(policy.onRefreshReuse == standard.onRefreshReuse)
        #expect(policy.signingAlgorithm == standard.signingAlgorithm)
        #expect(policy.audience == standard.audience)
        let url = try #require(settings.publicURL(port: 8080))
        #expect(url.origin == "http://localhost:8080")
        let http = settings.http(publicURL: url)
        let standardHTTP = HTTPSettings(publicURL: url)
        #expect(http.defaultReturn == standardHTTP.defaultReturn && http.returnURLs == standardHTTP.returnURLs)
        #expect(http.clearsCache == standardHTTP.clearsCache && http.rememberDays == standardHTTP.rememberDays)
        #expect(settings.auditRetention == .seconds(90 * 86_400) && settings.keyRotation == .seconds(90 * 86_400))
        #expect(settings.stepUp == .seconds(600) && settings.logLevel == .info && settings.flag(.signInEnabled))
        #expect(settings.listen == ListenAddress(host: "127.0.0.1", port: 8080) && settings.tls == nil)
    }

    @Test func `the file that is packaged knows every key, and no other`() throws {
        let path = Self.repository.appending(path: "packaging/exeunt.yaml").path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let uncommented = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            // "#key" and "#  key" are settings, "# word" is a remark.
            line.contains(/^#( {2}|[a-z])/) ? line.dropFirst() : line
        }
        let file = try ConfigurationFile(path: path, text: uncommented.joined(separator: "\n"))
        #expect(file.faults == [])
        #expect(Set(file.lines.keys) == Set(SettingKey.allCases.map(\.rawValue)))
    }

    @Test func `the reference has a row for every key`() {
        let rows = SettingsReference.markdown.split(separator: "\n")
        #expect(rows.count == SettingKey.allCases.count + 2)
        for key in SettingKey.allCases { #expect(rows.contains { $0.hasPrefix("| `\(key.rawValue)` |") }) }
    }
}
