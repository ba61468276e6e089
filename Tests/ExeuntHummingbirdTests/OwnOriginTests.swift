import ExeuntHummingbird
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@Suite struct OwnOriginTests {
    private static let site = HTTPField.Name("Sec-Fetch-Site")

    private func status(
        _ method: HTTPRequest.Method = .post, site: String? = nil, origin: String? = nil, authorization: String? = nil
    ) async throws -> HTTPResponse.Status {
        let router = Router(context: TestContext.self)
        router.add(middleware: OwnOriginMiddleware(origins: ["https://notes.example.com"]))
        router.on("notes", method: method) { _, _ in "done" }
        var headers: HTTPFields = [.cookie: "access=a.b.c; refresh=exr_d"]
        if let name = Self.site { headers[name] = site }
        headers[.origin] = origin
        headers[.authorization] = authorization
        let request = headers
        return try await Application(router: router, logger: HeardLog().logger).test(.router) { client in
            try await client.execute(uri: "/notes", method: method, headers: request).status
        }
    }

    @Test(arguments: [
        "Basic YTpi", "Digest username=a", "NTLM TlRMTVNTUAAB", "Negotiate YIIB", "basic bearer", "Bearertoken",
        "Basic",
    ])
    func `what a browser adds by itself does not show that a change comes from our own pages`(
        authorization: String
    ) async throws {
        #expect(try await status(site: "same-site", authorization: authorization) == .forbidden)
        #expect(try await status(site: "cross-site", authorization: authorization) == .forbidden)
        #expect(try await status(authorization: authorization) == .forbidden)
    }

    @Test(arguments: ["Bearer a.b.c", "bearer a.b.c", "Bearer", "Bearer "])
    func `who brings a bearer token is judged by that`(authorization: String) async throws {
        #expect(try await status(authorization: authorization) == .ok)
        #expect(try await status(site: "cross-site", authorization: authorization) == .ok)
    }

    @Test func `changes from own pages are taken, and others are not`() async throws {
        #expect(try await status(site: "same-origin") == .ok)
        #expect(try await status(site: "none") == .ok)
        #expect(try await status(origin: "https://notes.example.com") == .ok)
        #expect(try await status(site: "cross-site", origin: "https://notes.example.com") == .forbidden)
        for origin in ["https://evil.example.com", "http://notes.example.com", "null"] {
            #expect(try await status(origin: origin) == .forbidden)
        }
        #expect(try await status() == .forbidden)
        #expect(try await status(.get, site: "cross-site") == .ok)
    }
}
