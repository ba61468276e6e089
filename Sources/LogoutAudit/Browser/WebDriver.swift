/// A WebDriver server (W3C WebDriver) at an address.
struct WebDriver: Sendable {
    let address: WebAddress
    let transport: any Transport

    /// Sends a command, and returns the value of its answer.
    func command(
        _ method: String, _ path: String, _ body: JSONValue? = nil
    ) async throws(BrowserFailure) -> JSONValue {
        var address = address
        address.path = (address.path.hasSuffix("/") ? String(address.path.dropLast()) : address.path) + path
        // A POST without parameters has an empty object for its body (§6.3).
        let body = method == "POST" ? (body ?? .object([:])).text : nil
        let request = WebRequest(
            method, address, headers: body == nil ? [:] : ["Content-Type": "application/json; charset=utf-8"],
            body: body)
        let answer: WebAnswer
        do { answer = try await transport.send(request) } catch { throw .noAnswer("\(error)") }
        return try Self.value(of: answer)
    }

    /// What an answer says (§6.3, §6.6).
    static func value(of answer: WebAnswer) throws(BrowserFailure) -> JSONValue {
        guard let value = JSONValue(text: answer.body)?[pointer: "/value"] else {
            throw .noAnswer("it answered \(answer.status) with what is no WebDriver message")
        }
        guard answer.status >= 400 || value[pointer: "/error"]?.scalar != nil && answer.status != 200 else {
            return value
        }
        let message = value[pointer: "/message"]?.scalar ?? ""
        throw .refused(
            code: value[pointer: "/error"]?.scalar ?? "status \(answer.status)",
            message: String(message.prefix { $0 != "\n" }.prefix(AuditLimits.excerptCharacters)))
    }

    /// Opens a browser.
    func session(_ options: BrowserOptions) async throws(BrowserFailure) -> WebDriverBrowser {
        let value = try await command("POST", "/session", options.capabilities)
        guard let id = value[pointer: "/sessionId"]?.scalar else { throw .noAnswer("a new session has no name") }
        return WebDriverBrowser(driver: self, session: id)
    }
}
