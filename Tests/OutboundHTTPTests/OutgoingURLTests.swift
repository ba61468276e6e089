import Exeunt
import Testing

@testable import OutboundHTTP

struct OutgoingURLTests {
    @Test(arguments: [
        ("https://shop.example/hook", "https://shop.example:443/hook"),
        ("HTTPS://Shop.Example", "https://shop.example:443/"),
        ("https://shop.example:8443/a?b=%20c", "https://shop.example:8443/a?b=%20c"),
        ("http://127.0.0.1:9000/", "http://127.0.0.1:9000/"),
        ("https://[2001:DB8::1]/x", "https://[2001:db8::1]:443/x"),
    ])
    func `an address is put together from what was read`(_ text: String, _ written: String) throws {
        #expect(try OutgoingURL(text).text == written)
    }

    @Test(arguments: [
        "", "/hook", "shop.example/hook", "ftp://shop.example/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_x",
        "https://", "https:///hook", "https://user@shop.example/", "https://user:pass@shop.example/",
        "https://shop.example/#part", "https://shop.example\\@inside/", "https://shop.example/a b",
        "https://shop.example/\r\nHost: inside", "https://shop.example:0/", "https://shop.example:99999/",
        "https://[fe80::1%25eth0]/", "https://exämple.de/", "https://shop.example%2einside/",
        "https://shop%00.example/", "javascript:alert(1)", "https://" + String(repeating: "a", count: 3000),
    ])
    func `what is no plain address of a host is refused`(_ text: String) {
        #expect(throws: OutgoingFailure.self) { try OutgoingURL(text) }
    }
}
