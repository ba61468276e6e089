import Exeunt
import Foundation
import Testing

@Suite struct LogoutTokenTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let good: [String: String] = [
        "iss": #""https://login.example.org""#, "aud": #""our-client""#, "iat": "1800000000", "exp": "1800000120",
        "jti": #""bWJq""#, "sid": #""08a5019c-17e1-4977-8f42-65a12843ea02""#, "sub": #""248289761001""#,
        "events": #"{"http://schemas.openid.net/event/backchannel-logout":{}}"#,
    ]

    private let provider = TestProvider()

    private func read(
        _ changes: Changes = [:], type: String? = "logout+jwt", header: Changes = [:], more: String = "",
        requiresType: Bool = true
    ) throws -> LogoutToken {
        let text = try provider.token(Self.good.with(changes), type: type, header: header, more: more)
        let genuine = try #require(try provider.genuine(text, requiresType: requiresType), "not even genuine")
        return try LogoutToken(genuine, at: Self.now)
    }

    @Test func `a token as the specification shows it says which session of whom is over`() throws {
        // OpenID Connect Back-Channel Logout 1.0 §2.4, with our own issuer, audience and time.
        let token = try read()
        #expect(token.issuer == "https://login.example.org")
        #expect(token.session == "08a5019c-17e1-4977-8f42-65a12843ea02")
        #expect(token.subject == "248289761001")
        #expect(token.id == "bWJq")
        #expect(token.acceptedUntil == Timestamp(seconds: 1_800_000_180))
    }

    @Test(
        arguments: [
            ["sub": nil], ["sid": nil], ["aud": #"["another","our-client"]"#], ["iat": "1800000059"],
            ["iat": "1800000000.5"],
            ["exp": "1799999941"], ["iat": "1799914000"], ["exp": "1900000000"], ["nbf": "1800000000"],
            ["trace_id": "[1,{}]"],
            ["events": #"{"http://schemas.openid.net/event/backchannel-logout":{"reason":"x"}}"#],
        ] as [Changes])
    func `what the specification leaves open is accepted`(changes: Changes) throws {
        _ = try read(changes)
    }

    /// For each claim each thing that can be wrong with it.
    static let mutations: [(Changes, String)] = [
        (["aud": nil], "aud"), (["aud": "null"], "aud"), (["aud": #""another""#], "aud"), (["aud": "[]"], "aud"),
        (["aud": #"["another"]"#], "aud"), (["aud": #"["our-client",1]"#], "aud"), (["aud": "7"], "aud"),
        (["aud": #"{"our-client":true}"#], "aud"), (["aud": #""OUR-CLIENT""#], "aud"),
        (["iat": nil], "iat"), (["iat": "null"], "iat"), (["iat": #""1800000000""#], "iat"),
        (["iat": "[1800000000]"], "iat"),
        (["iat": "1800000061"], "iat"), (["iat": "1799900000"], "iat"), (["iat": "-1"], "iat"),
        (["iat": "1e300"], "iat"),
        (["iat": "1800000000000"], "iat"), (["iat": "true"], "iat"),
        (["exp": nil], "exp"), (["exp": "null"], "exp"), (["exp": #""1800000120""#], "exp"),
        (["exp": "[1800000120]"], "exp"),
        (["exp": "1799999940"], "exp"), (["exp": "0"], "exp"), (["exp": "-1"], "exp"), (["exp": "1e300"], "exp"),
        (["nbf": "1800000061"], "nbf"), (["nbf": "null"], "nbf"), (["nbf": #""soon""#], "nbf"),
        (["jti": nil], "jti"), (["jti": "null"], "jti"), (["jti": #""""#], "jti"), (["jti": "1"], "jti"),
        (["jti": #"["a"]"#], "jti"),
        (["jti": "\"\(String(repeating: "j", count: 513))\""], "jti"),
        (["events": nil], "events"), (["events": "null"], "events"), (["events": "{}"], "events"),
        (["events": "[]"], "events"),
        (["events": #""http://schemas.openid.net/event/backchannel-logout""#], "events"),
        (["events": #"["http://schemas.openid.net/event/backchannel-logout"]"#], "events"),
        (["events": #"{"http://schemas.openid.net/event/backchannel-logout":null}"#], "events"),
        (["events": #"{"http://schemas.openid.net/event/backchannel-logout":true}"#], "events"),
        (["events": #"{"http://schemas.openid.net/event/backchannel-logout":[]}"#], "events"),
        (["events": #"{"http://schemas.openid.net/event/backchannel-logout":"{}"}"#], "events"),
        (["events": #"{"https://schemas.openid.net/event/backchannel-logout":{}}"#], "events"),
        (["events": #"{"https://schemas.openid.net/secevent/caep/event-type/session-revoked":{}}"#], "events"),
        (["events": #"{"http://schemas.openid.net/event/backchannel-logout":{},"urn:other":{}}"#], "events"),
        (["nonce": #""n-0S6_WzA2Mj""#], "nonce"), (["nonce": "null"], "nonce"), (["nonce": #""""#], "nonce"),
        (["sid": nil, "sub": nil], "sid and sub"), (["sid": "null"], "sid"), (["sid": "8"], "sid"),
        (["sid": #""""#], "sid"),
        (["sid": #"["a"]"#], "sid"), (["sid": "\"\(String(repeating: "s", count: 513))\""], "sid"),
        (["sub": "null"], "sub"),
        (["sub": "8"], "sub"), (["sub": #""""#], "sub"), (["sub": #"["a"]"#], "sub"),
        (["sub": "{}", "sid": nil], "sub"),
    ]

    @Test(arguments: mutations.indices)
    func `a claim that is missing, wrong or too many is refused by name`(index: Int) throws {
        let (changes, name) = Self.mutations[index]
        let fault = try #require(throws: LogoutToken.Fault.self) { try read(changes) }
        #expect(fault.description.contains(name), "\(changes) was refused because \(fault)")
    }

    @Test(
        arguments: [
            ["iss": nil], ["iss": "null"], ["iss": #"["https://login.example.org"]"#],
            ["iss": #""https://login.example.org/""#],
            ["iss": #""https://LOGIN.example.org""#], ["iss": #""https://other.example""#], ["iss": "1"],
        ] as [Changes])
    func `a token that names another issuer is not genuine`(changes: Changes) throws {
        #expect(try provider.genuine(try provider.token(Self.good.with(changes))) == nil)
    }

    @Test(arguments: [
        "at+jwt", "secevent+jwt", "statuslist+jwt", "dpop+jwt", "application/at+jwt", "logout", "logout+jwt ", "",
        "JOSE",
        "id_token+jwt", "JWT+logout",
    ])
    func `the type of another kind of token is never accepted`(type: String) throws {
        for requiresType in [true, false] {
            #expect(throws: LogoutToken.Fault.self) { try read(type: type, requiresType: requiresType) }
        }
    }

    @Test(arguments: [nil, "JWT", "jwt", "application/JWT"])
    func `a token without a type of its own is accepted from a provider that is known to send such`(type: String?)
        throws
    {
        #expect(throws: LogoutToken.Fault.self) { try read(type: type) }
        _ = try read(type: type, requiresType: false)
    }

    @Test(arguments: ["logout+jwt", "LOGOUT+JWT", "application/logout+jwt"])
    func `the type is compared as a media type is`(type: String) throws {
        _ = try read(type: type)
    }

    @Test(arguments: [
        #","jti":"again""#, #","aud":"our-client""#, #","nonce":1,"nonce":2"#, #","\u006ati":"escaped""#,
        #","x":{"a":1,"a":2}"#,
    ])
    func `a name that stands twice, at any depth, spoils the token`(more: String) throws {
        #expect(try provider.genuine(try provider.token(Self.good, more: more)) == nil)
    }

    @Test func `a token of each other kind is no logout token, and a logout token is no event`() throws {
        let event: [String: String] = [
            "iss": Self.good["iss"] ?? "", "aud": Self.good["aud"] ?? "", "iat": "1800000000", "jti": #""e""#,
            "sub_id": #"{"format":"opaque","id":"x"}"#,
            "events": #"{"https://schemas.openid.net/secevent/caep/event-type/session-revoked":{}}"#,
        ]
        let asEvent = try #require(try provider.genuine(try provider.token(event, type: "secevent+jwt")))
        #expect(throws: LogoutToken.Fault.self) { try LogoutToken(asEvent, at: Self.now) }
        _ = try SecurityEvent(asEvent, at: Self.now)
        let logout = try #require(try provider.genuine(try provider.token(Self.good)))
        #expect(throws: SecurityEventFault.self) { try SecurityEvent(logout, at: Self.now) }
        let disguised = try #require(try provider.genuine(try provider.token(Self.good, type: "secevent+jwt")))
        #expect(throws: SecurityEventFault.self) { try SecurityEvent(disguised, at: Self.now) }
    }
}
