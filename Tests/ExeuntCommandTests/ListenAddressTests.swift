import ExeuntHTTP
import Testing

@testable import ExeuntCommand

@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1", 8080, true), ("localhost:0", "localhost", 0, true), ("[::1]:1", "::1", 1, true),
        ("127.9.9.9:65535", "127.9.9.9", 65_535, true), ("0.0.0.0:80", "0.0.0.0", 80, false),
        ("[::]:80", "::", 80, false), ("login.example.com:443", "login.example.com", 443, false),
        ("128.0.0.1:1", "128.0.0.1", 1, false),
    ])
    func `an address is read, and told again`(text: String, host: String, port: Int, isLoopback: Bool) throws {
        let address = try #require(ListenAddress(text))
        #expect(address == ListenAddress(host: host, port: port))
        #expect(address.isLoopback == isLoopback)
        #expect(address.text(port: port) == text)
    }

    @Test(arguments: [
        "", ":", ":80", "80", "host", "host:", "host:x", "host:-1", "host:65536", "host:+1", "::1:80", "[::1]",
        "[x]:80",
        "[::1]x:80", " host:80", "host /:80", "a@b:80", "http://host:80",
    ])
    func `anything else is none`(text: String) {
        #expect(ListenAddress(text) == nil)
    }
}
