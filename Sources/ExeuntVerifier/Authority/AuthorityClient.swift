internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1

/// The authority as an application's server calls it, with its client's id and secret.
public struct AuthorityClient: Sendable {
    private let base: String
    private let authorization: String
    private let connections: HTTPConnections
    /// The refreshes that are under way, of all copies of this value.
    let refreshes = SingleFlight<String, SessionTokens>(limit: Limits.refreshes)
    /// For what the lease hangs on: sign-outs that wait must not keep a poll waiting.
    private let ownConnections: HTTPConnections
    let clock: any Clock<Duration>

    init(_ configuration: VerifierConfiguration, clock: any Clock<Duration>) {
        var base = configuration.endpoint ?? configuration.issuer
        while base.hasSuffix("/") { base.removeLast() }
        self.base = base
        // RFC 6749 §2.3.1: each of both is encoded as in a form first.
        let pair = [configuration.clientID, configuration.clientSecret.revealed].map(Self.formEncoded)
        authorization = "Basic " + Data(pair.joined(separator: ":").utf8).base64EncodedString()
        connections = HTTPConnections()
        ownConnections = HTTPConnections()
        self.clock = clock
    }

    /// A question without a body, which the verifier asks for itself.
    func ask(
        _ method: HTTPMethod, _ path: String, query: [(String, String)] = [], patience: Duration = Limits.questionTime,
        atMost bytes: Int = Limits.answerBytes
    ) async throws(AuthorityFailure) -> AuthorityAnswer {
        var request = request(method, path + (query.isEmpty ? "" : "?" + Self.form(query)))
        request.headers.add(name: "Cache-Control", value: "no-cache")
        return try await ownConnections.ask(request, patience: patience, atMost: bytes, clock: clock)
    }

    /// A question with a form.
    func post(_ path: String, form: [(String, String)]) async throws(AuthorityFailure) -> AuthorityAnswer {
        try await post(
            path, Self.form(form), type: "application/x-www-form-urlencoded", prefer: nil,
            patience: Limits.questionTime)
    }

    /// A question with a JSON body, whose names are written in snake_case.
    func post(
        _ path: String, json: some Encodable, prefer: String? = nil, patience: Duration = Limits.questionTime
    ) async throws(AuthorityFailure) -> AuthorityAnswer {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        guard let data = try? encoder.encode(json) else {
            throw .refused(status: 400, "the values cannot be written as JSON")
        }
        return try await post(
            path, String(decoding: data, as: UTF8.self), type: "application/json", prefer: prefer, patience: patience)
    }

    private func post(
        _ path: String, _ body: String, type: String, prefer: String?, patience: Duration
    ) async throws(AuthorityFailure) -> AuthorityAnswer {
        var request = request(.POST, path)
        request.headers.add(name: "Content-Type", value: type)
        if let prefer { request.headers.add(name: "Prefer", value: prefer) }
        request.body = .bytes(ByteBuffer(string: body))
        return try await connections.ask(request, patience: patience, atMost: Limits.answerBytes, clock: clock)
    }

    private func request(_ method: HTTPMethod, _ path: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        request.headers.add(name: "Authorization", value: authorization)
        request.headers.add(name: "Accept", value: "application/json")
        return request
    }

    /// Closes all connections.
    package func close() async {
        await connections.close()
        await ownConnections.close()
    }

    // MARK: Forms

    private static func form(_ fields: [(String, String)]) -> String {
        fields.map { "\(formEncoded($0.0))=\(formEncoded($0.1))" }.joined(separator: "&")
    }

    /// A text as a form has it (URL Standard §5.2), with every character escaped that could mean something.
    private static func formEncoded(_ text: String) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}

extension AuthorityClient: CustomStringConvertible {
    /// Where the authority is, without the secret.
    public var description: String { "client of \(base)" }
}
