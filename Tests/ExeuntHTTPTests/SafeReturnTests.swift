import Testing

@testable import ExeuntHTTP

@Suite struct SafeReturnTests {
    private let returns = SafeReturn(registered: ["https://app.example.com/bye?done=1"])

    @Test(arguments: ["/", "/account/sessions", "/notes?id=1#top", "/a/%2Fb", "https://app.example.com/bye?done=1"])
    func `a path of ours and a registered address are taken`(place: String) {
        #expect(returns.resolve(place) == place)
    }

    @Test(arguments: [
        "", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example",
        "https://evil.example", "https:evil.example", "javascript:alert(1)", "http:///evil.example",
        "/..//evil.example", "/.//evil.example", "/%2e%2E//evil.example", "/%2e", "/a/../b", "/ /evil", "/é",
        "account", "?next", "https://app.example.com/bye", "https://app.example.com/bye?done=1&x=2",
        "https://app.example.com.evil.example/bye?done=1", "/\u{7f}", "/a//b",
    ])
    func `everything else is refused`(place: String) {
        #expect(returns.resolve(place) == nil)
    }

    @Test func `a place longer than the limit is refused`() {
        #expect(returns.resolve("/" + String(repeating: "a", count: HTTPLimits.returnBytes)) == nil)
    }
}
