/// A browser with its tabs, as somebody uses it.
///
/// What is done is done in the tab that was turned to last.
package protocol Browser: Sendable {
    /// Goes to an address, as typed in; returns when the page has been read.
    func open(_ address: String) async throws(BrowserFailure)

    /// Presses Back.
    func back() async throws(BrowserFailure)

    /// Runs the body of a function in the page, with its arguments in `arguments`; a promise that it returns is awaited.
    func run(_ script: String, _ arguments: [JSONValue]) async throws(BrowserFailure) -> JSONValue

    /// Clicks what a script has returned.
    func click(_ element: BrowserElement) async throws(BrowserFailure)

    /// Empties a field that a script has returned, and types into it.
    func type(_ text: String, into element: BrowserElement) async throws(BrowserFailure)

    /// The tab that is turned to.
    func tab() async throws(BrowserFailure) -> String

    /// Opens an empty tab, and turns to it.
    func newTab() async throws(BrowserFailure) -> String

    /// Brings a tab to the front.
    func turn(to tab: String) async throws(BrowserFailure)

    /// The names and values of the cookies that the page's address is sent, HttpOnly ones included.
    func cookies() async throws(BrowserFailure) -> [String: String]

    /// Closes all windows, and with them the browser.
    func close() async
}
