internal import AsyncHTTPClient
internal import Exeunt
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// Connections each of which goes to an address that was judged before, whatever its name resolves to by then.
///
/// They share one thread of their own, so that no amount of them keeps the server's threads.
final class PinnedConnections: Sendable {
    private struct Destination: Hashable {
        var host: String
        var address: String
    }

    private struct Held {
        var client: HTTPClient
        var lastUsed: UInt64
    }

    private struct State {
        var clients: [Destination: Held] = [:]
        var uses: UInt64 = 0
        var isClosed = false
    }

    /// Hosts whose connections are kept.
    private static let mostClients = 2048
    /// Connections to one port of a host: as many as there are requests under way in all.
    private static let mostConnectionsPerHost = 256

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let trust: TLSConfiguration
    private let state = Mutex(State())

    /// Connections that trust what the system does, and these authorities besides.
    init(alsoTrusting roots: [NIOSSLCertificate]) {
        var trust = TLSConfiguration.makeClientConfiguration()
        trust.minimumTLSVersion = .tlsv12
        if !roots.isEmpty { trust.additionalTrustRoots = [.certificates(roots)] }
        self.trust = trust
        for loop in group.makeIterator() { loop.execute { PatientExecutor.stepBack() } }
    }

    /// The client for a host at an address; nil once all is closed.
    func client(for host: String, at address: String) -> HTTPClient? {
        let destination = Destination(host: host, address: address)
        let (client, surplus): (HTTPClient?, HTTPClient?) = state.withLock { state in
            if state.isClosed { return (nil, nil) }
            state.uses += 1
            if let held = state.clients[destination] {
                state.clients[destination]?.lastUsed = state.uses
                return (held.client, nil)
            }
            var surplus: HTTPClient?
            if state.clients.count >= Self.mostClients,
                let oldest = state.clients.min(by: { $0.value.lastUsed < $1.value.lastUsed })
            {
                surplus = oldest.value.client
                state.clients[oldest.key] = nil
            }
            let client = makeClient(destination)
            state.clients[destination] = Held(client: client, lastUsed: state.uses)
            return (client, surplus)
        }
        surplus?.shutdown { _ in }
        return client
    }

    private func makeClient(_ destination: Destination) -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: trust, redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5)), proxy: nil)
        configuration.dnsOverride = [destination.host: destination.address]
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        // Several receivers may live on one host, and those that hang must not hold up the others.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.mostConnectionsPerHost
        configuration.connectionPool.idleTimeout = .seconds(30)
        return HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
    }

    func close() async {
        let clients = state.withLock { state in
            state.isClosed = true
            defer { state.clients = [:] }
            return state.clients.values.map(\.client)
        }
        for client in clients { try? await client.shutdown() }
        try? await group.shutdownGracefully()
    }
}
