import Testing

@testable import LogoutAudit

@Suite struct PickTests {
    private let page = WebAnswer(
        status: 200, headers: ["X-CSRF": "header's"],
        body: #"<meta name="csrf" content="meta's"><input type=hidden value="input's" name=token> id: 42;"#)
    private let json = WebAnswer(status: 200, body: #"{"a/b": {"list": [{"token": "deep"}, 7, true]}, "": 1}"#)

    @Test func `each way finds its value`() {
        let jar = CookieJar([Cookie(name: "sid", value: "cookie's", domain: "a", isHostOnly: true, path: "/")])
        func value(_ way: Pick.Way) -> String? { Pick(name: "x", way: way).value(in: page, jar: jar) }
        #expect(value(.meta("csrf")) == "meta's")
        #expect(value(.hidden("token")) == "input's")
        #expect(value(.header("x-csrf")) == "header's")
        #expect(value(.cookie("sid")) == "cookie's")
        #expect(value(.regex("id: ([0-9]+)")) == "42")
        #expect(value(.regex("id: [0-9]+")) == "id: 42")
        #expect(value(.hidden("missing")) == nil)
        #expect(value(.json("/a")) == nil)
    }

    @Test(arguments: [
        ("/a~1b/list/0/token", "deep"), ("/a~1b/list/1", "7"), ("/a~1b/list/2", "true"), ("/", "1"),
        ("/a~1b/list", nil),
        ("/a~1b/list/9", nil), ("/missing/x", nil),
    ])
    func `a pointer points as RFC 6901 says`(pointer: String, value: String?) {
        #expect(Pick(name: "x", way: .json(pointer)).value(in: json, jar: CookieJar()) == value)
    }
}
