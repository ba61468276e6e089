internal import ArgumentParser
internal import Foundation
internal import LogoutAudit

/// The browser that an audit looks through.
struct AuditBrowserOptions: ParsableArguments {
    @Flag(help: "Leave the probes out that need a browser.")
    var noBrowser = false

    @Option(
        help: ArgumentHelp(
            """
            The WebDriver server for Chromium: a program, or the address on this machine of one that runs. Without it \
            the `chromedriver` in PATH is started.
            """, valueName: "path|url"))
    var webdriver: String?

    func validate() throws {
        if noBrowser, webdriver != nil { throw ValidationError("--no-browser and --webdriver exclude each other") }
        if let webdriver, webdriver.contains("://") {
            guard let address = WebAddress(webdriver) else {
                throw ValidationError("`\(webdriver)` is no web address; write one such as http://127.0.0.1:9515")
            }
            guard address.isLoopback else {
                throw ValidationError(
                    "a WebDriver server must be on this machine: its browser's requests go through here")
            }
        }
    }

    /// Where browsers come from; does not start any.
    func supply(trustingAnyCertificate: Bool) throws -> BrowserSupply {
        func source(_ place: ChromiumSource.Place) -> BrowserSupply {
            .source(ChromiumSource(place, trustsAnyCertificate: trustingAnyCertificate))
        }
        if let webdriver, let address = WebAddress(webdriver) { return source(.running(address)) }
        if let webdriver {
            guard FileManager.default.isExecutableFile(atPath: webdriver) else {
                throw CommandFailure(.couldNotTry, "\(webdriver) is no program that can be started")
            }
            return source(.program(webdriver))
        }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        if let program = ChromiumSource.program(in: path) { return source(.program(program)) }
        return .none(
            "there is no `chromedriver` in PATH; Debian's package chromium-driver has one, or name one with --webdriver"
        )
    }
}
