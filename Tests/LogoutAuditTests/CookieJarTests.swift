import Testing

@testable import LogoutAudit

@Suite struct CookieJarTests {
    private func address(_ text: String) throws -> WebAddress { try #require(WebAddress(text)) }

    private func receive(_ line: String, _ jar: inout CookieJar, at text: String) throws -> CookieJar.Outcome {
        jar.receive(try #require(SetCookie(line)), from: try address(text), now: 1_000_000)
    }

    @Test(arguments: [
        // Another path, a domain where there was none, and a host where there was a domain: none of them is the cookie.
        ("sid=1; Path=/app", "sid=; Path=/; Max-Age=0", false),
        ("sid=1; Path=/", "sid=; Path=/app; Max-Age=0", false),
        ("sid=1; Path=/", "sid=; Path=/; Domain=app.example.com; Max-Age=0", false),
        ("sid=1; Path=/; Domain=example.com", "sid=; Path=/; Max-Age=0", false),
        ("sid=1; Path=/; Domain=example.com", "sid=; Path=/; Domain=.example.com; Max-Age=0", true),
        ("sid=1; Path=/", "sid=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT", true),
        ("sid=1; Path=/", "sid=gone; Path=/; Max-Age=-1", true),
        ("__Host-sid=1; Path=/; Secure", "__Host-sid=; Path=/; Max-Age=0", false),
        ("__Host-sid=1; Path=/; Secure", "__Host-sid=; Path=/; Secure; Max-Age=0", true),
        ("sid=1", "sid=; Max-Age=0", true),
    ])
    func `a deletion deletes only what has its name, domain and path`(
        set: String, deletion: String, isDeleted: Bool
    ) throws {
        var jar = CookieJar()
        _ = try receive(set, &jar, at: "https://app.example.com/app/login")
        #expect(jar.cookies.count == 1)
        _ = try receive(deletion, &jar, at: "https://app.example.com/app/logout")
        #expect(jar.cookies.isEmpty == isDeleted)
    }

    @Test(arguments: [
        ("__Host-a=1; Path=/", "https://a.example/"), ("__Host-a=1; Secure; Path=/x", "https://a.example/"),
        ("__Host-a=1; Secure; Path=/; Domain=a.example", "https://a.example/"),
        ("__HOST-a=1; Path=/", "https://a.example/"), ("__Secure-a=1", "https://a.example/"),
        ("a=1; Secure", "http://a.example/"), ("a=1; Domain=b.example", "https://a.example/"),
        ("a=1; Domain=example", "https://a.example/"), ("a=1; SameSite=None", "https://a.example/"),
    ])
    func `what browsers ignore is not kept`(line: String, at address: String) throws {
        var jar = CookieJar()
        guard case .rejected = try receive(line, &jar, at: address) else {
            Issue.record("it was kept")
            return
        }
        #expect(jar.cookies.isEmpty)
    }

    @Test(arguments: ["http://127.0.0.1:8000/", "http://localhost/", "http://[::1]:8000/"])
    func `on this machine Secure works over http, as it does in browsers`(text: String) throws {
        var jar = CookieJar()
        _ = try receive("__Host-sid=1; Secure; Path=/", &jar, at: text)
        #expect(jar.header(for: try address(text)) == "__Host-sid=1")
    }

    @Test func `a cookie goes where it belongs, the one with the longer path first`() throws {
        var jar = CookieJar()
        _ = try receive("a=1; Path=/", &jar, at: "https://app.example.com/")
        _ = try receive("b=2; Path=/deep", &jar, at: "https://app.example.com/")
        _ = try receive("c=3; Domain=example.com; Path=/", &jar, at: "https://app.example.com/")
        #expect(jar.header(for: try address("https://app.example.com/deep/er")) == "b=2; a=1; c=3")
        #expect(jar.header(for: try address("https://app.example.com/deeper")) == "a=1; c=3")
        #expect(jar.header(for: try address("https://other.example.com/")) == "c=3")
        #expect(jar.header(for: try address("https://example.org/")) == nil)
    }

    @Test(arguments: [
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Wed, 21-Oct-2015 07:28:00 GMT", 1_445_412_480),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777), ("Tue, 29 Feb 2028 12:00:00 GMT", 1_835_438_400),
    ])
    func `dates are read as browsers read them`(text: String, seconds: Int64) {
        #expect(CookieDate.seconds(text) == seconds)
    }

    @Test(arguments: ["", "tomorrow", "Thu, 01 Jan 1970", "Thu, 41 Jan 1970 00:00:00"])
    func `what is no date has no effect`(text: String) { #expect(CookieDate.seconds(text) == nil) }
}
