/// Where browsers come from.
package protocol BrowserSource: Sendable {
    /// Opens one whose requests all go through a gate.
    ///
    /// - Parameters:
    ///   - profile: a name; what an earlier browser of that name has kept is there.
    ///   - gatePort: the gate's port on this machine.
    ///   - keepsPages: whether pages that are left stay in memory for Back (the back/forward cache).
    func browser(profile: String, gatePort: Int, keepsPages: Bool) async throws(BrowserFailure) -> any Browser

    /// Ends all that it has started, and deletes what it has put on the disk; can be called at any time.
    func stop() async
}
