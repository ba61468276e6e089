import ExeuntHummingbird
import ExeuntVerifier
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@Suite struct BrowserCookiesTests {
    private static let tokens = SessionTokens(accessToken: "a.b.c", refreshToken: "exr_d", expiresIn: .seconds(900))
    private static let secure = BrowserCookies(isSecure: true)
    private static let plain = BrowserCookies(isSecure: false)
    private static let gone = "; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"

    private func request(_ cookies: String...) -> Request {
        var head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: "/")
        for cookie in cookies { head.headerFields.append(HTTPField(name: .cookie, value: cookie)) }
        return Request(head: head, body: RequestBody(buffer: ByteBuffer()))
    }

    @Test func `over TLS no other host can plant either cookie`() {
        var headers = HTTPFields()
        Self.secure.set(Self.tokens, on: &headers)
        #expect(
            headers[values: .setCookie] == [
                "__Host-access=a.b.c; Path=/; HttpOnly; SameSite=Lax; Secure",
                "__Host-refresh=exr_d; Path=/; HttpOnly; SameSite=Lax; Secure",
            ])
        #expect(headers[.cacheControl] == "no-store")
    }

    @Test func `over plain http there is neither prefix nor Secure`() {
        var headers = HTTPFields()
        Self.plain.set(Self.tokens, on: &headers)
        #expect(
            headers[values: .setCookie] == [
                "access=a.b.c; Path=/; HttpOnly; SameSite=Lax", "refresh=exr_d; Path=/; HttpOnly; SameSite=Lax",
            ])
        #expect(headers[.cacheControl] == "no-store")
    }

    @Test func `what deletes a cookie has the attributes that it was set with`() {
        var headers = HTTPFields()
        Self.secure.delete(on: &headers)
        #expect(
            headers[values: .setCookie] == [
                "__Host-access=; Path=/; HttpOnly; SameSite=Lax; Secure\(Self.gone)",
                "__Host-refresh=; Path=/; HttpOnly; SameSite=Lax; Secure\(Self.gone)",
            ])
        headers = [:]
        Self.plain.delete(on: &headers)
        #expect(
            headers[values: .setCookie] == [
                "access=; Path=/; HttpOnly; SameSite=Lax\(Self.gone)",
                "refresh=; Path=/; HttpOnly; SameSite=Lax\(Self.gone)",
            ])
        #expect(headers[.cacheControl] == "no-store")
    }

    @Test func `a browser's cookies are found among others`() {
        let secure = request("theme=dark; __Host-access=a.b.c;\t__Host-refresh=exr_d; x")
        #expect(Self.secure.accessToken(in: secure) == "a.b.c")
        #expect(Self.secure.refreshToken(in: secure) == "exr_d")
        let plain = request("access=a.b.c", "refresh=exr_d")
        #expect(Self.plain.accessToken(in: plain) == "a.b.c")
        #expect(Self.plain.refreshToken(in: plain) == "exr_d")
    }

    @Test(arguments: ["__Secure-refresh=exr_d", "refresh=exr_d", "__Host-refresh-2=exr_d", "__Host-refresh=", ""])
    func `over TLS nothing else counts as the refresh token`(cookie: String) {
        #expect(Self.secure.refreshToken(in: request(cookie)) == nil)
    }

    @Test func `two different cookies of one name count as none, and the same one twice as one`() {
        for cookies in [request("__Host-refresh=a; __Host-refresh=b"), request("__Host-refresh=a", "__Host-refresh=b")]
        {
            #expect(Self.secure.refreshToken(in: cookies) == nil)
        }
        #expect(Self.plain.accessToken(in: request("access=a; access=b")) == nil)
        #expect(Self.plain.accessToken(in: request("access=a; access=a")) == "a")
    }
}
