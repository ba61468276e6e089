import Crypto
import ExeuntHummingbird
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Settlement
import Synchronization

@testable import ExeuntVerifier

/// An application whose verifier holds a lease and whose authority is a stand-in.
struct TestApplication: Sendable {
    static let issuer = "https://accounts.example.com"
    static let session = Identifier(high: 9, low: 1)
    /// Of the authority's form, which is all that the stand-in cares about.
    static let refreshToken = "exr_" + Base64URL.encode(Array(repeating: 1, count: 53))
    static let nextRefreshToken = "exr_" + Base64URL.encode(Array(repeating: 2, count: 53))

    let key = P256.Signing.PrivateKey()
    let standIn = StandIn()
    let log = HeardLog()
    let now = Int64(Date().timeIntervalSince1970)

    /// An access token of 15 minutes from `now`, whose members are JSON texts.
    func accessToken(
        at now: Int64? = nil, type: String = "at+jwt", kid: String = "one", _ changes: [String: String] = [:]
    ) throws -> String {
        let now = now ?? self.now
        let payload = [
            "iss": #""\#(Self.issuer)""#, "sub": #""ada""#, "aud": #""\#(Self.issuer)""#, "exp": "\(now + 900)",
            "iat": "\(now)", "jti": #""\#(Identifier(high: 7, low: UInt64(now)))""#, "client_id": #""notes""#,
            "sid": #""\#(Self.session)""#, "ver": "0", "gen": "0", "auth_time": "\(now)",
        ].merging(changes) { $1 }
        let members = payload.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        let signed = [#"{"typ":"\#(type)","alg":"ES256","kid":"\#(kid)"}"#, "{\(members)}"]
            .map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
        let signature = try key.signature(for: Data(signed.utf8)).rawRepresentation
        return signed + "." + Base64URL.encode(Array(signature))
    }

    /// A verifier that has the key and a lease of an hour.
    func verifier(at url: String) throws -> TokenVerifier {
        let point = Array(key.publicKey.rawRepresentation)
        let (x, y) = (Base64URL.encode(point.prefix(32)), Base64URL.encode(point.suffix(32)))
        let jwk = #"{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)","use":"sig","kid":"one","alg":"ES256"}"#
        let jwks = #"{"keys":[\#(jwk)]}"#
        let next = try pair(try accessToken(at: now + 1))
        standIn.change {
            $0.jwks = jwks
            $0.body = next
        }
        var configuration = VerifierConfiguration(
            issuer: Self.issuer, clientID: "client_1", clientSecret: ClientSecret("secret"))
        configuration.endpoint = url
        let verifier = try TokenVerifier(configuration, environment: .live, logger: log.logger)
        let keys = try PublicKeys(jwks: Array(jwks.utf8))
        verifier.state.withLock { state in
            let fetch = state.beginFetch()
            state.replaceKeys(with: keys, fetch: fetch, version: "v1")
        }
        hear(verifier)
        return verifier
    }

    /// The next records come, with a lease that counts from now.
    func hear(_ verifier: TokenVerifier, _ targets: Revocation.Target...) {
        let applied = verifier.status.applied
        let records = targets.enumerated().map { index, target in
            Revocation(seq: applied + UInt64(index) + 1, target: target, until: (now + 900) * 1000)
        }
        let answer = FeedAnswer(
            node: Identifier(high: 3, low: 3), after: applied, through: applied + UInt64(records.count),
            revocations: records, leaseMilliseconds: 3_600_000, keysVersion: "v1")
        _ = verifier.apply(answer, asked: verifier.environment.reading())
    }

    /// What the authority answers to an exchange.
    func pair(_ accessToken: String) throws -> String {
        #"{"access_token":"\#(accessToken)","refresh_token":"\#(Self.nextRefreshToken)","expires_in":900}"#
    }

    /// Runs routes behind the middleware: `/who` says who it is, and there is what a test adds.
    func run(
        allowsStrangers: Bool = false,
        adding add: @escaping @Sendable (Router<TestContext>, TokenVerifier) -> Void = { _, _ in },
        routes: @escaping @Sendable (RouterGroup<TestContext>) -> Void = { _ in },
        _ body: @escaping @Sendable (any TestClientProtocol, TokenVerifier) async throws -> Void
    ) async throws {
        try await standIn.serve { url in
            let verifier = try verifier(at: url)
            let router = Router(context: TestContext.self)
            add(router, verifier)
            let group = router.group().add(
                middleware: ExeuntMiddleware(
                    verifier: verifier, cookies: BrowserCookies(isSecure: false), allowsStrangers: allowsStrangers))
            group.get("who") { _, context in context.identity?.subject ?? "nobody" }
            routes(group)
            try await Application(router: router, logger: log.logger).test(.router) { try await body($0, verifier) }
            await verifier.authority.close()
        }
    }
}

extension TestClientProtocol {
    /// What a browser with these cookies is answered.
    func get(_ path: String = "/who", access: String? = nil, refresh: String? = nil) async throws -> TestResponse {
        let cookies = [access.map { "access=\($0)" }, refresh.map { "refresh=\($0)" }].compactMap { $0 }
        return try await execute(uri: path, method: .get, headers: [.cookie: cookies.joined(separator: "; ")])
    }
}

extension TestResponse {
    /// The text of the body.
    var text: String { String(buffer: body) }

    /// What is done to the cookies.
    var setCookies: [String] { headers[values: .setCookie] }

    /// Whether both cookies are deleted.
    var deletesCookies: Bool {
        setCookies.count == 2 && setCookies.allSatisfy { $0.contains("=; ") && $0.contains("Max-Age=0") }
    }
}
