package import Hummingbird
internal import NIOCore

/// What a request brings besides itself: its peer's address.
package struct AuthorityRequestContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The address of the connection's other end; nil on a Unix socket, and in tests without a network.
    package let peerAddress: String?

    package init(source: ApplicationRequestContextSource) {
        self.coreContext = .init(source: source)
        self.peerAddress = source.channel.remoteAddress?.ipAddress
    }

    package var maxUploadSize: Int { HTTPLimits.bodyBytes }
}
