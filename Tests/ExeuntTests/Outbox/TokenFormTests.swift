import Crypto
import Exeunt
import Foundation
import Settlement
import Testing

@Suite struct TokenFormTests {
    private typealias Values = OutboxValues

    private func made(_ what: Dispatch.What, for receiver: Receiver) async throws -> OutgoingRequest {
        try await TestAuthority().authority.request(for: Dispatch(what, to: receiver))
    }

    private func parts(_ token: some StringProtocol) throws -> (header: [String: Any], claims: [String: Any]) {
        var parts: [[String: Any]] = []
        for part in token.split(separator: ".").prefix(2) {
            let bytes = try #require(Base64URL.decode(part))
            let object = try JSONSerialization.jsonObject(with: Data(bytes))
            parts.append(try #require(object as? [String: Any]))
        }
        return (parts[0], parts[1])
    }

    @Test func `a logout token has an expiry and a subject, and never what a security event token has`() async throws {
        let request = try await made(.ended(Values.ended(1)), for: Values.receiver())
        let body = String(decoding: request.body, as: UTF8.self)
        #expect(body.hasPrefix("logout_token="))
        let (header, claims) = try parts(body.dropFirst("logout_token=".count))
        #expect(header["typ"] as? String == "logout+jwt")
        #expect(Set(claims.keys) == ["iss", "sub", "sid", "aud", "iat", "exp", "jti", "events"])
        let iat = try #require(claims["iat"] as? Int)
        #expect(claims["exp"] as? Int == iat + 120)
        #expect(claims["sub"] as? String == "ada" && claims["aud"] as? String == "client-1")
        let events = try #require(claims["events"] as? [String: [String: Any]])
        #expect(events.keys.sorted() == ["http://schemas.openid.net/event/backchannel-logout"])
        #expect(events.values.first?.isEmpty == true)
    }

    @Test(arguments: EndingReason.allCases)
    func `a security event token has neither expiry nor subject, whatever the reason`(reason: EndingReason) async throws
    {
        var ended = Values.ended(1)
        ended.reason = reason
        let request = try await made(.ended(ended), for: Values.receiver(kind: .eventPush))
        #expect(request.headers.contains { $0.name == "content-type" && $0.value == "application/secevent+jwt" })
        let (header, claims) = try parts(String(decoding: request.body, as: UTF8.self))
        #expect(header["typ"] as? String == "secevent+jwt")
        #expect(Set(claims.keys) == ["iss", "aud", "iat", "jti", "txn", "sub_id", "events"])
        let events = try #require(claims["events"] as? [String: [String: Any]])
        let event = try #require(events["https://schemas.openid.net/secevent/caep/event-type/session-revoked"])
        #expect(event["event_timestamp"] as? Int == 1_800_000_000)
        #expect(["user", "admin", "policy", "system"].contains(event["initiating_entity"] as? String))
        #expect((event["reason_admin"] as? [String: String])?["en"] == reason.rawValue)
        #expect((event["reason_user"] as? [String: String])?["en"]?.isEmpty == false)
    }

    @Test func `a verification names the stream and repeats the word that was given`() async throws {
        let verification = Receiver.Verification(id: Values.id(4), state: "word")
        let receiver = Values.receiver(kind: .eventPush)
        let (_, claims) = try parts(
            String(decoding: try await made(.verification(verification), for: receiver).body, as: UTF8.self))
        #expect(Set(claims.keys) == ["iss", "aud", "iat", "jti", "sub_id", "events"])
        #expect((claims["sub_id"] as? [String: String]) == ["format": "opaque", "id": receiver.id.description])
        let events = try #require(claims["events"] as? [String: [String: String]])
        #expect(events == ["https://schemas.openid.net/secevent/ssf/event-type/verification": ["state": "word"]])
        let bare = Receiver.Verification(id: Values.id(4), state: nil)
        let (_, other) = try parts(
            String(decoding: try await made(.verification(bare), for: receiver).body, as: UTF8.self))
        #expect((other["events"] as? [String: [String: String]])?.values.first == [:])
    }

    @Test func `a push carries the stream's authorization, and nobody else's carries any`() async throws {
        let test = try await TestAuthority()
        var receiver = Values.receiver(kind: .eventPush)
        receiver.sealedSecret = try test.authority.keyRing.seal(Array("Bearer word".utf8), name: receiver.sealName)
        let request = try await test.authority.request(for: Dispatch(.ended(Values.ended(1)), to: receiver))
        #expect(request.headers.filter { $0.name == "authorization" }.map(\.value) == ["Bearer word"])
        let other = try await made(.ended(Values.ended(1)), for: Values.receiver())
        #expect(!other.headers.contains { $0.name == "authorization" })
    }

    @Test func `a webhook signs its name, its time and its body`() async throws {
        let test = try await TestAuthority()
        var receiver = Values.receiver(kind: .webhook)
        let key = [UInt8](repeating: 3, count: 32)
        receiver.sealedSecret = try test.authority.keyRing.seal(key, name: receiver.sealName)
        let request = try await test.authority.request(for: Dispatch(.ended(Values.ended(1)), to: receiver))
        let headers = Dictionary(request.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        let signed = "\(headers["webhook-id"] ?? "").\(headers["webhook-timestamp"] ?? "")."
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(signed.utf8) + request.body, using: SymmetricKey(data: key))
        #expect(headers["webhook-signature"] == "v1," + Data(code).base64EncodedString())
        #expect(headers["webhook-id"] == Dispatch(.ended(Values.ended(1)), to: receiver).jti)
        #expect("\(WebhookSecret(bytes: key))" == "whsec_(redacted)")
    }

    @Test func `a name is the same at each attempt, and another for each receiver and each session`() {
        let names = (1...50).flatMap { receiver in
            (1...50).map { place in
                Dispatch(.ended(Values.ended(UInt64(place))), to: Values.receiver(receiver)).jti
            }
        }
        #expect(Set(names).count == 2500)
        let again = Dispatch(.ended(Values.ended(7)), to: Values.receiver(3), round: 5)
        #expect(again.jti == Dispatch(.ended(Values.ended(7)), to: Values.receiver(3)).jti)
        let verification = Receiver.Verification(id: Identifier(high: 9, low: 7), state: nil)
        #expect(Dispatch(.verification(verification), to: Values.receiver(3)).jti != again.jti)
    }

    @Test func `a receiver whose secret does not open is not told in another way`() async throws {
        for sealed: [UInt8]? in [nil, [1, 2, 3]] {
            var receiver = Values.receiver(kind: .webhook)
            receiver.sealedSecret = sealed
            let dispatch = Dispatch(.ended(Values.ended(1)), to: receiver)
            let authority = try await TestAuthority().authority
            await #expect(throws: AuthorityError.self) { try await authority.request(for: dispatch) }
        }
    }
}
