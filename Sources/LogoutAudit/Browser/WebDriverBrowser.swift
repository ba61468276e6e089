/// A browser that is driven by W3C WebDriver.
struct WebDriverBrowser: Browser {
    let driver: WebDriver
    let session: String

    @discardableResult
    private func post(
        _ path: String, _ parameters: [String: JSONValue] = [:]
    ) async throws(BrowserFailure) -> JSONValue {
        try await driver.command("POST", "/session/\(session)\(path)", .object(parameters))
    }

    func open(_ address: String) async throws(BrowserFailure) {
        try await patiently { () throws(BrowserFailure) in try await post("/url", ["url": .string(address)]) }
    }

    func back() async throws(BrowserFailure) {
        try await patiently { () throws(BrowserFailure) in try await post("/back") }
    }

    /// A page that takes too long, or that could not be reached, is what it is; its state is looked at later.
    private func patiently(_ act: () async throws(BrowserFailure) -> JSONValue) async throws(BrowserFailure) {
        do { _ = try await act() } catch {
            guard case .refused(let code, let message) = error,
                code == "timeout" || message.contains("net::ERR_")
            else { throw error }
        }
    }

    func run(_ script: String, _ arguments: [JSONValue]) async throws(BrowserFailure) -> JSONValue {
        try await post("/execute/sync", ["script": .string(script), "args": .array(arguments)])
    }

    func click(_ element: BrowserElement) async throws(BrowserFailure) {
        do { try await post("/element/\(element.id)/click") } catch {
            // A control in a closed menu is there all the same.
            guard case .refused(let code, _) = error,
                ["element not interactable", "element click intercepted"].contains(code)
            else { throw error }
            _ = try await run("arguments[0].click()", [element.json])
        }
    }

    func type(_ text: String, into element: BrowserElement) async throws(BrowserFailure) {
        try await post("/element/\(element.id)/clear")
        try await post("/element/\(element.id)/value", ["text": .string(text)])
    }

    func tab() async throws(BrowserFailure) -> String {
        let value = try await driver.command("GET", "/session/\(session)/window")
        return value.scalar ?? ""
    }

    func newTab() async throws(BrowserFailure) -> String {
        let value = try await post("/window/new", ["type": .string("tab")])
        let tab = value[pointer: "/handle"]?.scalar ?? ""
        try await turn(to: tab)
        return tab
    }

    func turn(to tab: String) async throws(BrowserFailure) {
        try await post("/window", ["handle": .string(tab)])
        // WebDriver's switch leaves the tab in the background, where a page does not know that it is looked at.
        try await post(
            "/goog/cdp/execute", ["cmd": .string("Page.bringToFront"), "params": .object([:])])
    }

    func cookies() async throws(BrowserFailure) -> [String: String] {
        guard case .array(let items) = try await driver.command("GET", "/session/\(session)/cookie") else { return [:] }
        var cookies: [String: String] = [:]
        for item in items {
            if let name = item[pointer: "/name"]?.scalar { cookies[name] = item[pointer: "/value"]?.scalar }
        }
        return cookies
    }

    func close() async { _ = try? await driver.command("DELETE", "/session/\(session)") }
}
