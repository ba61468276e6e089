import Exeunt
import Testing

@Suite struct PostLogoutRedirectTests {
    @Test(arguments: [
        "https://notes.example.com/out", "https://notes.example.com", "https://notes.example.com:8443/out?a=b&c=d",
        "http://localhost:3000/out", "http://127.0.0.1/out", "http://[::1]:8080/", "com.example.notes:/out",
    ])
    func `an address that browsers may be led to can be registered`(address: String) {
        #expect(PostLogoutRedirect.fault(of: address) == nil)
    }

    @Test(arguments: [
        "", "/out", "out", "//notes.example.com", "http://notes.example.com/out", "http://localhost.example.com/",
        "https:///out", "https://user@notes.example.com/", "https://user:secret@notes.example.com/",
        "https://notes.example.com/#top", "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "blob:x",
        "file:///etc/passwd", "https://notes.example.com/a b", "https://notes.example.com/\u{0}",
        "https://notes.example.com/\r\nSet-Cookie: a=b", "https://nötes.example.com/", "https://notes.example.com/;x",
        "https://notes.example.com\\@evil.example/", "https://" + String(repeating: "x", count: 2048) + ".example/",
    ])
    func `one that no browser should be led to cannot`(address: String) {
        #expect(PostLogoutRedirect.fault(of: address) != nil)
    }

    @Test(arguments: [
        ("https://a.example/out", "s", "https://a.example/out?state=s"),
        ("https://a.example/out?x=1", "s", "https://a.example/out?x=1&state=s"),
        ("https://a.example/out?", "s", "https://a.example/out?state=s"),
        ("com.example.a:/out", "s", "com.example.a:/out?state=s"),
        ("https://a.example/out", "", "https://a.example/out?state="),
        ("https://a.example/out", "a b&c=d#e\r\n", "https://a.example/out?state=a%20b%26c%3Dd%23e%0D%0A"),
        ("https://a.example/out", "é", "https://a.example/out?state=%C3%A9"),
    ])
    func `the state is one more parameter of the query`(registered: String, state: String, address: String) {
        #expect(PostLogoutRedirect.address(registered, state: state) == address)
        #expect(PostLogoutRedirect.address(registered, state: nil) == registered)
    }

    @Test(arguments: [
        ("https://a.example/out", "https://a.example"), ("https://a.example:8443?x", "https://a.example:8443"),
        ("http://localhost:3000/", "http://localhost:3000"), ("com.example.a:/out", "com.example.a:"),
    ])
    func `a page's policy names where its form may lead`(registered: String, source: String) {
        #expect(PostLogoutRedirect.policySource(of: registered) == source)
    }
}
