import Exeunt
import ExeuntHTTP
import Testing

@Suite struct AddressTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.200.3.4", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.8", false), ("fd00::/8", "fd12::1", true), ("fd00::/8", "fe80::1", false),
        ("127.0.0.1", "::ffff:127.0.0.1", true), ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "::1", false),
    ])
    func `a block has its addresses and no others`(block: String, address: String, isInside: Bool) throws {
        #expect(try #require(AddressBlock(block)).contains(address) == isInside)
    }

    @Test(arguments: ["", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "localhost", "10.0.0", "fd00::/129"])
    func `what is no block is none`(text: String) { #expect(AddressBlock(text) == nil) }

    @Test(arguments: [
        ("https://accounts.example.com", "https://accounts.example.com", true),
        ("https://accounts.example.com:443/", "https://accounts.example.com", true),
        ("HTTPS://Accounts.Example.com:8443", "https://accounts.example.com:8443", true),
        ("http://localhost:8080", "http://localhost:8080", false), ("http://127.0.0.1:80", "http://127.0.0.1", false),
        ("http://[::1]:8080", "http://[::1]:8080", false),
    ])
    func `a public URL is an origin`(text: String, origin: String, isSecure: Bool) throws {
        let url = try #require(PublicURL(text))
        #expect(url.origin == origin)
        #expect(url.isSecure == isSecure)
    }

    @Test(arguments: [
        "http://accounts.example.com", "ftp://localhost", "https://", "https://a.example/path", "https://a.example?x",
        "https://user@a.example", "accounts.example.com", "",
    ])
    func `plain http elsewhere than on this machine, and what is more than an origin, is none`(text: String) {
        #expect(PublicURL(text) == nil)
    }

    @Test func `on a loopback host its other names are the same origin, on the same port`() throws {
        let url = try #require(PublicURL("http://localhost:8080"))
        #expect(url.isSameOrigin("http://127.0.0.1:8080"))
        #expect(!url.isSameOrigin("http://localhost:8081"))
        #expect(!url.isSameOrigin("https://localhost:8080"))
        #expect(!url.isSameOrigin("null"))
        let secure = try #require(PublicURL("https://accounts.example.com"))
        #expect(!secure.isSameOrigin("http://accounts.example.com"))
        #expect(!secure.isSameOrigin("https://accounts.example.com.evil.example"))
    }
}
