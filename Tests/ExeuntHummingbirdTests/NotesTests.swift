import ExeuntHummingbird
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import ExeuntVerifier
@testable import NotesExample

/// What the example does where no end-to-end test can take it.
@Suite(.timeLimit(.minutes(5))) struct NotesTests {
    private let test = TestApplication()

    @Test func `a page that finds too many waiting is told to come back, and does not get half a stream`() async throws
    {
        let access = try test.accessToken()
        try await test.standIn.serve { url in
            let verifier = try test.verifier(at: url)
            let identity = try verifier.verify(access)
            for _ in 0..<Limits.watchers { _ = try verifier.onEnd(of: identity) { _ in } }
            let router = NotesRouter(verifier: verifier, users: Users("ada:a"), origins: []).build()
            try await Application(router: router, logger: test.log.logger).test(.router) { client in
                let answer = try await client.get("/events", access: access)
                #expect(answer.status == .serviceUnavailable)
                #expect(answer.headers[.retryAfter] != nil)
                #expect(answer.headers[.cacheControl] == "no-store")
            }
            await verifier.authority.close()
        }
    }
}
