import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Settlement
import Synchronization

/// An authority as far as its public keys go, and a key that signs tokens.
final class KeyServer: Sendable {
    static let issuer = "http://localhost:1"

    private let keys = Mutex<[(id: String, key: P256.Signing.PrivateKey)]>([("one", P256.Signing.PrivateKey())])
    private let fetches = Mutex(0)

    var fetchCount: Int { fetches.withLock { $0 } }

    /// Another key takes the place of all.
    func replaceKey(id: String) { keys.withLock { $0 = [(id, P256.Signing.PrivateKey())] } }

    /// An access token with these claims, of a quarter of an hour.
    func token(_ claims: TokenClaims, expiresIn: Int64 = 900) throws -> String {
        guard let (id, key) = keys.withLock({ $0.last }) else { throw CancellationError() }
        let now = TestMirror.now() / 1000
        let header = #"{"typ":"at+jwt","alg":"ES256","kid":"\#(id)"}"#
        let payload =
            #"{"iss":"\#(Self.issuer)","sub":"\#(claims.subject)","aud":"\#(Self.issuer)","exp":\#(now + expiresIn),"#
            + #""iat":\#(now - 10),"jti":"\#(claims.token)","client_id":"c","sid":"\#(claims.session)","#
            + #""ver":\#(claims.version),"gen":\#(claims.epoch),"auth_time":\#(now)}"#
        let signed = [header, payload].map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
        let signature = try key.signature(for: Data(signed.utf8)).rawRepresentation
        return signed + "." + Base64URL.encode(Array(signature))
    }

    private var jwks: String {
        let entries = keys.withLock { $0 }.map { id, key in
            let point = Array(key.publicKey.rawRepresentation)
            let (x, y) = (Base64URL.encode(point.prefix(32)), Base64URL.encode(point.suffix(32)))
            return #"{"kty":"EC","crv":"P-256","x":"\#(x)","y":"\#(y)","use":"sig","kid":"\#(id)","alg":"ES256"}"#
        }
        return #"{"keys":[\#(entries.joined(separator: ","))]}"#
    }

    /// Serves on a free port of this machine for as long as `body` runs.
    func serve(_ body: @escaping @Sendable (_ url: String) async throws -> Void) async throws {
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let router = Router()
        router.get("/.well-known/jwks.json") { _, _ in
            self.fetches.withLock { $0 += 1 }
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: self.jwks)))
        }
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { continuation.yield($0.localAddress?.port ?? 0) }, logger: HeardLog().logger)
        let group = ServiceGroup(configuration: .init(services: [application], logger: HeardLog().logger))
        try await withThrowingTaskGroup(of: Bool.self) { tasks in
            tasks.addTask {
                try await group.run()
                return false
            }
            tasks.addTask {
                for await port in ports {
                    try await body("http://127.0.0.1:\(port)")
                    return true
                }
                return false
            }
            while let isDone = try await tasks.next(), !isDone {}
            tasks.cancelAll()
        }
    }
}
