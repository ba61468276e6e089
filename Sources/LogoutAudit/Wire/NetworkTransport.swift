internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// HTTP over the network, over one client's connections.
package final class NetworkTransport: Transport {
    let client: HTTPClient
    private let patience: TimeAmount
    private let trusted: TrustedCertificates

    /// Trusts these certificates besides the system's, and gives an answer as long as `patience` says, in whole seconds.
    package init(
        trusting trusted: TrustedCertificates = TrustedCertificates(), patience: Duration = AuditLimits.answerPatience
    ) {
        self.trusted = trusted
        self.patience = .seconds(patience.components.seconds)
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5)))
        configuration.httpVersion = .http1Only
        configuration.tlsConfiguration = trusted.configuration
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// The client must not go without; once it is closed this does nothing.
    deinit { client.shutdown { _ in } }

    /// Closes all connections.
    package func close() async { try? await client.shutdown() }

    package func send(_ request: WebRequest) async throws(WireFailure) -> WebAnswer {
        do {
            let answer = try await client.execute(Self.translated(request), timeout: patience)
            var body: [UInt8] = []
            // A stream of events has no end that one could wait for.
            let isStream =
                answer.headers.first(name: "Content-Type")?.lowercased().hasPrefix("text/event-stream") ?? false
            if !isStream {
                for try await part in answer.body {
                    body += part.readableBytesView
                    if body.count >= AuditLimits.answerBytes { break }
                }
            }
            return WebAnswer(
                status: Int(answer.status.code), headers: HeaderFields(answer.headers.map { ($0.name, $0.value) }),
                body: String(decoding: body, as: UTF8.self))
        } catch {
            throw Self.failure(error)
        }
    }

    package func listen(
        _ request: WebRequest, hear: @escaping @Sendable (StreamEvent) -> Void
    ) async throws(WireFailure) {
        do {
            let answer = try await client.execute(Self.translated(request), deadline: .distantFuture)
            guard answer.status == .ok else { return hear(.refused) }
            hear(.opened)
            for try await part in answer.body { hear(.text(String(buffer: part))) }
            hear(.closed)
        } catch is CancellationError {
            return
        } catch {
            // A connection that breaks off is over as well.
            hear(.closed)
        }
    }

    package func converse(
        _ request: WebRequest, say texts: AsyncStream<String>, hear: @escaping @Sendable (StreamEvent) -> Void
    ) async throws(WireFailure) {
        do {
            try await WebSocketConnection.converse(
                request, tls: trusted.configuration, say: texts, hear: hear)
        } catch is CancellationError {
            return
        } catch {
            hear(.closed)
        }
    }

    /// What the client says of why there was no answer, in words that help where it has none.
    static func failure(_ error: any Error) -> WireFailure {
        let text = "\(error)"
        guard text.contains("CERTIFICATE_VERIFY_FAILED") else { return .noAnswer(text) }
        return .noAnswer("its certificate is of nobody who is trusted here (--ca names a company's own authority)")
    }

    static func translated(_ request: WebRequest) -> HTTPClientRequest {
        var translated = HTTPClientRequest(url: request.address.description)
        translated.method = HTTPMethod(rawValue: request.method)
        for field in request.headers.fields { translated.headers.add(name: field.name, value: field.value) }
        if let body = request.body { translated.body = .bytes(ByteBuffer(string: body)) }
        return translated
    }
}
