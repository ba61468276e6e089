/// Whether there is a browser for the probes that need one.
package enum BrowserSupply: Sendable {
    case source(any BrowserSource)
    /// There is none, for this reason.
    case none(String)
}
