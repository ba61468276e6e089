import Exeunt
import Foundation
import Testing

@Suite struct SecurityEventTests {
    private static let now = Timestamp(seconds: 1_615_305_200)
    private static let caep = "https://schemas.openid.net/secevent/caep/event-type/"
    private static let risc = "https://schemas.openid.net/secevent/risc/event-type/"
    /// CAEP 1.0 §3.1: a session is revoked, with a simple subject; with our own issuer and audience.
    private static let good: [String: String] = [
        "iss": #""https://login.example.org""#, "jti": #""24c63fb56e5a2d77a6b512616ca9fa24""#, "iat": "1615305159",
        "aud": #""our-client""#, "txn": "8675309",
        "sub_id": #"{"format":"opaque","id":"dMTlD|1600802906337.16|16008.16"}"#,
        "events": #"""
        {"https://schemas.openid.net/secevent/caep/event-type/session-revoked":{"event_timestamp":1615304991}}
        """#,
    ]

    private let provider = TestProvider()

    private func read(_ changes: Changes = [:], type: String? = "secevent+jwt", more: String = "") throws
        -> HeardEvent
    {
        let text = try provider.token(Self.good.with(changes), type: type, more: more)
        return try HeardEvent(try #require(try provider.genuine(text, requiresType: false)), at: Self.now)
    }

    @Test func `an event as the specification shows it says what happened to whom`() throws {
        let event = try read()
        #expect(event.type == Self.caep + "session-revoked")
        #expect(event.subject == .opaque("dMTlD|1600802906337.16|16008.16"))
        #expect(event.id == "24c63fb56e5a2d77a6b512616ca9fa24")
    }

    /// RFC 8417 §2.1, with our own issuer, audience and time: figures 1, 3 and 4 name nobody where SSF 1.0 has `sub_id`, and figure 2
    /// is a logout token.
    static let figures: [Changes] = [
        [
            "events": #"""
            {"urn:ietf:params:scim:event:create":{"ref":"https://scim.example.com/Users/44f6142df96bd6ab61e7521d9",
            "attributes":["id","name","userName","password","emails"]}}
            """#
        ],
        [
            "sub": #""248289761001""#, "sid": #""08a5019c-17e1-4977-8f42-65a12843ea02""#, "jti": #""bWJq""#,
            "events": #"{"http://schemas.openid.net/event/backchannel-logout":{}}"#,
        ],
        [
            "events": #"""
            {"https://openid.net/heart/specs/consent.html":{"iss":"https://connect.example.com","sub":"248289761001",
            "consentUri":["https://terms.med.example.org/labdisclosure.html#Agree"]}}
            """#
        ],
        [
            "events": #"""
            {"https://schemas.openid.net/secevent/risc/event-type/account-disabled":{"subject":{"subject_type":"iss-sub",
            "iss":"https://login.example.org","sub":"7375626A656374"},"reason":"hijacking"}}
            """#
        ],
    ]

    @Test(arguments: figures)
    func `a token that is none of the Shared Signals Framework is refused`(figure: Changes) throws {
        let changes = figure.merging(["sub_id": nil]) { $1 }
        for type in ["secevent+jwt", "JWT"] {
            #expect(throws: SecurityEventFault.self) { try read(changes, type: type) }
        }
    }

    @Test(
        arguments: [
            ["aud": #"["x","our-client"]"#], ["iat": "1615305260"], ["iat": "1614701000"], ["toe": "1"], ["txn": nil],
            ["events": #"{"urn:nobody:knows:this":{}}"#],
            ["sub_id": #"{"format":"phone_number","phone_number":"+1206"}"#],
            ["sub_id": #"{"format":"nobody-knows","a":{"b":[]}}"#],
        ] as [Changes])
    func `what the specification leaves open is accepted`(changes: Changes) throws {
        _ = try read(changes)
    }

    static let mutations: [(Changes, SecurityEventFault.Code)] = [
        (["aud": nil], .invalidAudience), (["aud": "null"], .invalidAudience),
        (["aud": #""another""#], .invalidAudience),
        (["aud": "[]"], .invalidAudience), (["aud": #"["our-client",{}]"#], .invalidAudience),
        (["aud": "1"], .invalidAudience),
        (["sub": #""248289761001""#], .invalidRequest), (["sub": "null"], .invalidRequest),
        (["exp": "1615309999"], .invalidRequest), (["exp": "null"], .invalidRequest),
        (["iat": nil], .invalidRequest), (["iat": "null"], .invalidRequest),
        (["iat": #""1615305159""#], .invalidRequest),
        (["iat": "[1]"], .invalidRequest), (["iat": "1615305261"], .invalidRequest),
        (["iat": "1614000000"], .invalidRequest),
        (["jti": nil], .invalidRequest), (["jti": "null"], .invalidRequest), (["jti": #""""#], .invalidRequest),
        (["jti": "4"], .invalidRequest), (["jti": #"["4"]"#], .invalidRequest),
        (["events": nil], .invalidRequest), (["events": "null"], .invalidRequest), (["events": "{}"], .invalidRequest),
        (["events": #"["\#(caep)session-revoked"]"#], .invalidRequest),
        (["events": #"{"urn:a":null}"#], .invalidRequest),
        (["events": #"{"urn:a":"b"}"#], .invalidRequest), (["events": #"{"urn:a":[]}"#], .invalidRequest),
        (["events": #"{"urn:a":{},"urn:b":{}}"#], .invalidRequest),
        (["sub_id": nil], .invalidRequest), (["sub_id": "null"], .invalidRequest),
        (["sub_id": #""x""#], .invalidRequest),
        (["sub_id": "[]"], .invalidRequest), (["sub_id": "{}"], .invalidRequest),
        (["sub_id": #"{"format":1}"#], .invalidRequest),
        (["sub_id": #"{"id":"x"}"#], .invalidRequest), (["sub_id": #"{"format":"opaque"}"#], .invalidRequest),
        (["sub_id": #"{"format":"opaque","id":7}"#], .invalidRequest),
        (["sub_id": #"{"format":"opaque","id":""}"#], .invalidRequest),
        (["sub_id": #"{"format":"opaque","id":"x","more":1}"#], .invalidRequest),
        (["sub_id": #"{"format":"iss_sub","iss":"https://login.example.org"}"#], .invalidRequest),
        (["sub_id": #"{"format":"iss_sub","iss":["x"],"sub":"y"}"#], .invalidRequest),
        (["sub_id": #"{"format":"email","email":null}"#], .invalidRequest),
        (["sub_id": #"{"format":"aliases","identifiers":[]}"#], .invalidRequest),
        (["sub_id": #"{"format":"aliases","identifiers":{}}"#], .invalidRequest),
        (["sub_id": #"{"format":"aliases","identifiers":[{"format":"aliases","identifiers":[]}]}"#], .invalidRequest),
        (["sub_id": #"{"format":"complex"}"#], .invalidRequest),
        (["sub_id": #"{"format":"complex","user":"x"}"#], .invalidRequest),
        (
            ["sub_id": #"{"format":"complex","user":{"format":"complex","user":{"format":"opaque","id":"x"}}}"#],
            .invalidRequest
        ),
    ]

    @Test(arguments: mutations.indices)
    func `a claim that is missing, wrong or too many is refused with the code for it`(index: Int) throws {
        let (changes, code) = Self.mutations[index]
        let fault = try #require(throws: SecurityEventFault.self) { try read(changes) }
        #expect(fault.code == code, "\(changes) was refused because \(fault)")
    }

    @Test(arguments: [nil, "JWT", "logout+jwt", "at+jwt", "statuslist+jwt", "secevent", ""])
    func `any type but its own is refused, whatever the provider is trusted to leave out`(type: String?) throws {
        #expect(try #require(throws: SecurityEventFault.self) { try read(type: type) }.code == .invalidRequest)
    }

    // MARK: What follows

    private func consequences(_ type: String, _ subject: String) throws -> [EventConsequence] {
        EventConsequence.all(of: try read(["events": #"{"\#(type)":{}}"#, "sub_id": subject]))
    }

    private static let ada = #"{"format":"iss_sub","iss":"https://login.example.org","sub":"ada"}"#

    @Test(arguments: [
        caep + "credential-change", risc + "account-credential-change-required", risc + "account-disabled",
        risc + "account-purged",
        risc + "credential-compromise", risc + "identifier-changed", risc + "identifier-recycled",
        risc + "sessions-revoked",
        caep + "session-revoked",
    ])
    func `after what is grave all sessions of that person end`(type: String) throws {
        #expect(try consequences(type, Self.ada) == [.upstreamSubject("ada")])
        #expect(
            try consequences(type, #"{"format":"email","email":"ada@example.com"}"#) == [.address("ada@example.com")])
    }

    @Test(arguments: [
        risc + "account-enabled", risc + "recovery-activated", risc + "recovery-information-changed", risc + "opt-in",
        caep + "assurance-level-change", caep + "device-compliance-change", caep + "session-established", "urn:unknown",
        "https://schemas.openid.net/secevent/ssf/event-type/verification",
        "https://schemas.openid.net/secevent/ssf/event-type/stream-updated",
    ])
    func `what only informs ends nothing`(type: String) throws {
        #expect(try consequences(type, Self.ada) == [])
    }

    @Test func `a revoked session is found by its own name`() throws {
        let revoked = Self.caep + "session-revoked"
        // CAEP 1.0 §3.1: a complex subject.
        let complex = """
            {"format":"complex","session":{"format":"opaque","id":"s1"},"user":\(Self.ada),
            "tenant":{"format":"opaque","id":"123456789"}}
            """
        #expect(try consequences(revoked, complex) == [.upstreamSession("s1")])
        #expect(
            try consequences(revoked, #"{"format":"opaque","id":"x"}"#) == [
                .upstreamSession("x"), .upstreamSubject("x"),
            ])
        let device = #"{"format":"complex","device":{"format":"opaque","id":"d"},"user":\#(Self.ada)}"#
        #expect(try consequences(revoked, device) == [.upstreamSubject("ada")])
    }

    @Test func `a complex subject is its user where no session is meant, and nobody without one`() throws {
        let both = #"{"format":"complex","session":{"format":"opaque","id":"s1"},"user":\#(Self.ada)}"#
        #expect(try consequences(Self.risc + "account-disabled", both) == [.upstreamSubject("ada")])
        let none = #"{"format":"complex","device":{"format":"opaque","id":"d"}}"#
        #expect(try consequences(Self.risc + "account-disabled", none) == [])
        #expect(try consequences(Self.caep + "session-revoked", none) == [])
    }

    @Test func `each alias is looked for`() throws {
        let aliases = #"{"format":"aliases","identifiers":[\#(Self.ada),{"format":"email","email":"a@b.c"}]}"#
        #expect(
            try consequences(Self.risc + "account-purged", aliases) == [.upstreamSubject("ada"), .address("a@b.c")])
    }

    @Test func `another issuer's subject is nobody, whoever vouches for it`() throws {
        let other = #"{"format":"iss_sub","iss":"https://login.example.org/","sub":"ada"}"#
        #expect(try consequences(Self.risc + "account-disabled", other) == [])
    }
}
