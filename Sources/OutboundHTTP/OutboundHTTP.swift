internal import AsyncHTTPClient
package import Exeunt
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// The way out over real connections.
///
/// A name is looked up here, every address that it has is judged, and the connection goes to one that passed: a name that resolves
/// to something else a moment later (DNS rebinding) leads nowhere else. No redirect is followed, no proxy of the environment is used.
package final class OutboundHTTP: OutgoingHTTP {
    /// Addresses of one name that are tried one after the other.
    private static let triedAddresses = 3

    private let way: WayOut
    private let clock: any Clock<Duration>
    private let names: NameResolver
    private let connections: PinnedConnections

    /// A way out that trusts what the system does, and the certificate authorities of a PEM file besides.
    ///
    /// Throws when that file cannot be read.
    package convenience init(
        _ way: WayOut, authorities file: String? = nil, clock: any Clock<Duration> = ContinuousClock()
    ) throws {
        try self.init(way, authorities: file, clock: clock, names: NameResolver())
    }

    init(_ way: WayOut, authorities file: String? = nil, clock: any Clock<Duration>, names: NameResolver) throws {
        self.way = way
        self.clock = clock
        self.names = names
        connections = PinnedConnections(alsoTrusting: try file.map { try NIOSSLCertificate.fromPEMFile($0) } ?? [])
    }

    /// Closes all connections; whatever is asked from now on is unreachable.
    package func close() async {
        await connections.close()
        await names.close()
    }

    package func admit(_ url: String) throws(OutgoingFailure) {
        let url = try OutgoingURL(url)
        // A name is judged when it is used: it may resolve to something else by then.
        guard AddressBlock(url.host) != nil else { return }
        guard way.leads(to: url.host, securely: url.isSecure) else { throw Self.refusal(url, [url.host], way) }
    }

    package func send(_ request: OutgoingRequest) async throws(OutgoingFailure) -> OutgoingAnswer {
        let url = try OutgoingURL(request.url)
        for header in request.headers where !Self.isField(header) {
            throw .refused("the header \(header.name) is none of HTTP")
        }
        do {
            return try await within(request.timeout) { try await self.exchange(request, url) }
        } catch let failure as OutgoingFailure {
            throw failure
        } catch {
            throw .unreachable("\(error)")
        }
    }

    private func exchange(_ request: OutgoingRequest, _ url: OutgoingURL) async throws -> OutgoingAnswer {
        let addresses = try await names.addresses(of: url.host)
        guard !addresses.isEmpty else { throw OutgoingFailure.unreachable("there is no host \(url.host)") }
        let open = addresses.filter { way.leads(to: $0, securely: url.isSecure) }
        guard !open.isEmpty else { throw Self.refusal(url, addresses, way) }
        var failure = OutgoingFailure.unreachable("no address of \(url.host) was tried")
        for address in open.prefix(Self.triedAddresses) {
            do {
                return try await exchange(request, url, at: address)
            } catch let error as IOError where Self.isOfConnecting(error) {
                failure = .unreachable("\(url.host) (\(address)) takes no connection: \(error.words)")
            } catch let error as IOError {
                throw OutgoingFailure.unreachable("\(url.host) (\(address)) broke the connection: \(error.words)")
            } catch let error as HTTPClientError where error == .connectTimeout {
                failure = .unreachable("\(url.host) (\(address)) takes no connection: it does not answer")
            }
        }
        throw failure
    }

    private func exchange(
        _ request: OutgoingRequest, _ url: OutgoingURL, at address: String
    ) async throws -> OutgoingAnswer {
        guard let client = connections.client(for: url.host, at: address) else {
            throw OutgoingFailure.unreachable("the server is stopping")
        }
        var asked = HTTPClientRequest(url: url.text)
        asked.method = HTTPMethod(rawValue: request.method.rawValue)
        for (name, value) in request.headers { asked.headers.add(name: name, value: value) }
        if request.method == .post { asked.body = .bytes(ByteBuffer(bytes: request.body)) }
        let answer: HTTPClientResponse
        do {
            answer = try await client.execute(asked, deadline: .distantFuture)
        } catch let error as HTTPParserError {
            throw OutgoingFailure.unusable("the answer is none of HTTP: \(error)")
        }
        let body: ByteBuffer
        do {
            body = try await answer.body.collect(upTo: request.answerBytes)
        } catch is NIOTooManyBytesError {
            throw OutgoingFailure.unusable("the answer has more than \(request.answerBytes) bytes")
        }
        let headers = answer.headers.map { ($0.name.lowercased(), $0.value) }
        return OutgoingAnswer(
            status: Int(answer.status.code), headers: Dictionary(headers, uniquingKeysWith: { $1 }),
            body: Array(body.readableBytesView))
    }

    /// Whether nothing can have been sent yet, so that the next address may do.
    private static func isOfConnecting(_ error: IOError) -> Bool {
        [
            EACCES, EADDRNOTAVAIL, EAFNOSUPPORT, ECONNREFUSED, EHOSTDOWN, EHOSTUNREACH, ENETDOWN, ENETUNREACH, EPERM,
        ].contains(error.errnoCode)
    }

    private static func refusal(_ url: OutgoingURL, _ addresses: [String], _ way: WayOut) -> OutgoingFailure {
        let isOnlyPlain = !url.isSecure && addresses.contains { way.leads(to: $0, securely: true) }
        if isOnlyPlain { return .refused("\(url.host) is to be asked by https") }
        let met = addresses.joined(separator: ", ")
        return .refused(
            "\(url.host) leads inside (\(met)), where requests go only if the setting outgoing.allow names that network"
        )
    }

    /// Whether a header is a field of HTTP (RFC 9110 §5.5), and says nothing that is ours to say.
    private static func isField(_ header: (name: String, value: String)) -> Bool {
        let isName = !header.name.isEmpty && header.name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3A }
        return isName && header.value.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
    }

    private func within<Value: Sendable>(
        _ patience: Duration, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { [clock] group in
            group.addTask(operation: work)
            group.addTask {
                try await clock.sleep(for: patience)
                throw OutgoingFailure.unreachable("it took longer than \(patience)")
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }
}

extension IOError {
    /// What the system says of it.
    fileprivate var words: String { String(cString: strerror(errnoCode)) }
}
