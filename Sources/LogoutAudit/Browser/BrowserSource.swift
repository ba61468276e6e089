/// Where browsers come from.
package protocol BrowserSource: Sendable {
    /// Opens one whose requests all go through a gate, on a port of this machine.
    ///
    /// What an earlier browser with the same name for its profile has kept is there. It either keeps pages that are left
    /// in memory for Back (the back/forward cache), or it does not.
    func browser(profile: String, gatePort: Int, keepsPages: Bool) async throws(BrowserFailure) -> any Browser

    /// Ends all that it has started, and deletes what it has put on the disk; can be called at any time.
    func stop() async
}
