package import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
package import Logging
internal import NIOCore
internal import NIOSSL
package import ServiceLifecycle

/// Where to listen.
package struct ListenAddress: Hashable, Sendable {
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}

/// The files of a certificate chain and its key, in PEM.
package struct TLSFiles: Hashable, Sendable {
    package var certificate: String
    package var key: String

    package init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}

/// The HTTP server of an authority, as a service that drains when it is asked to stop.
///
/// Throws when a template is broken, or the certificate or its key cannot be read.
package func makeServer(
    authority: Authority, signIn: SignIn?, revocations: RevocationFeed, followers: Followers,
    metrics: PrometheusRegistry, settings: HTTPSettings, outgoing: (any OutgoingHTTP)?,
    listen: ListenAddress, tls: TLSFiles?, logger: Logger,
    onReady: @escaping @Sendable (_ port: Int) async -> Void
) throws -> any Service {
    let surface = try Surface(
        authority: authority, signIn: signIn, revocations: revocations, followers: followers, settings: settings,
        outgoing: outgoing, metricsText: { metrics.text() })
    let http = HTTP1Channel.Configuration(
        idleTimeout: .seconds(HTTPLimits.idleSeconds),
        httpDecoderConfiguration: .init(
            maxHeaderFieldSize: HTTPLimits.parsedHeaderBytes, maxHeaderListSize: HTTPLimits.parsedHeaderBytes,
            maxHeaderFieldCount: HTTPLimits.parsedHeaderFields))
    var server = HTTPServerBuilder { ServedOnEventLoop(base: HTTP1Channel(responder: $0, configuration: http)) }
    if let tls {
        let chain = try NIOSSLCertificate.fromPEMFile(tls.certificate).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(file: tls.key, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        server = try .tls(server, tlsConfiguration: configuration)
    }
    return Application(
        router: surface.router(), server: server,
        configuration: ApplicationConfiguration(address: .hostname(listen.host, port: listen.port), serverName: nil),
        onServerRunning: { channel in await onReady(channel.localAddress?.port ?? listen.port) }, logger: logger)
}
