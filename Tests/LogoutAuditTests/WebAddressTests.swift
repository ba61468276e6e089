import Testing

@testable import LogoutAudit

@Suite struct WebAddressTests {
    private let page = "http://app.example:8000/a/b?c=d"

    @Test(arguments: [
        ("/x", "http://app.example:8000/x"), ("x?y", "http://app.example:8000/a/x?y"),
        ("?q", "http://app.example:8000/a/b?q"),
        ("../x", "http://app.example:8000/x"), ("#top", "http://app.example:8000/a/b?c=d"),
        ("//evil.example/", "http://evil.example/"), ("/\\evil.example/", "http://evil.example/"),
        ("\\/evil.example", "http://evil.example/"), ("///evil.example/x", "http://evil.example/x"),
        ("/\t/evil.example/", "http://evil.example/"), ("https:evil.example/", "https://evil.example/"),
        ("http:x", "http://app.example:8000/a/x"), ("http://app.example@evil.example/", "http://evil.example/"),
        (" https://B.Example ", "https://b.example/"),
    ])
    func `a link leads where a browser would go`(link: String, to address: String) throws {
        #expect(try #require(WebAddress(page)).resolving(link)?.description == address)
    }

    @Test(arguments: ["javascript:alert(1)", "mailto:a@b.example", "data:text/html,x"])
    func `what is not the web leads nowhere`(link: String) throws {
        #expect(try #require(WebAddress(page)).resolving(link) == nil)
    }

    @Test(arguments: [
        "", "app.example", "ftp://a.example/", "http://", "http://a b/", "http://a:0/", "http://a:99999/",
    ])
    func `what is no web address is none`(text: String) { #expect(WebAddress(text) == nil) }
}
