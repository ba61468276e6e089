internal import Foundation
internal import Synchronization

/// Chromium, through a `chromedriver` that is started for it or that runs already.
package final class ChromiumSource: BrowserSource {
    /// How the driver is reached.
    package enum Place: Hashable, Sendable {
        case program(String)
        case running(WebAddress)
    }

    private struct State {
        var process: DriverProcess?
        var folder: String?
        var browsers: [WebDriverBrowser] = []
    }

    private let place: Place
    private let trustsAnyCertificate: Bool
    private let transport = NetworkTransport(patience: AuditLimits.driverPatience)
    private let state = Mutex(State())

    /// With `trustsAnyCertificate`, the browser does not look at the certificates of the target's hosts.
    package init(_ place: Place, trustsAnyCertificate: Bool = false) {
        self.place = place
        self.trustsAnyCertificate = trustsAnyCertificate
    }

    /// The driver in a list of folders such as PATH.
    package static func program(in path: String) -> String? {
        path.split(separator: ":").map { "\($0)/chromedriver" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    package func browser(
        profile: String, gatePort: Int, keepsPages: Bool
    ) async throws(BrowserFailure) -> any Browser {
        let (address, folder) = try driver()
        let options = BrowserOptions(
            profile: "\(folder)/\(profile)", gatePort: gatePort, keepsPages: keepsPages,
            trustsAnyCertificate: trustsAnyCertificate, isRoot: geteuid() == 0)
        let browser = try await WebDriver(address: address, transport: transport).session(options)
        state.withLock { $0.browsers.append(browser) }
        return browser
    }

    /// Where the driver listens, and a folder for profiles; starts it the first time.
    private func driver() throws(BrowserFailure) -> (address: WebAddress, folder: String) {
        switch place {
        case .program(let program):
            if let process = state.withLock({ $0.process }) { return (process.address, process.folder) }
            let process = try DriverProcess(program: program)
            state.withLock { $0.process = process }
            return (process.address, process.folder)
        case .running(let address):
            if let folder = state.withLock({ $0.folder }) { return (address, folder) }
            let folder = FileManager.default.temporaryDirectory
                .appending(path: "exeunt-browser-\(UUID().uuidString)").path
            state.withLock { $0.folder = folder }
            return (address, folder)
        }
    }

    package func stop() async {
        let (process, folder, browsers) = state.withLock { state in
            defer { state = State() }
            return (state.process, state.folder, state.browsers)
        }
        if let process { return process.stop() }
        // Also where the audit was cancelled: a driver that somebody else has started goes on with its browsers.
        await Task.detached { for browser in browsers { await browser.close() } }.value
        if let folder { try? FileManager.default.removeItem(atPath: folder) }
    }
}
