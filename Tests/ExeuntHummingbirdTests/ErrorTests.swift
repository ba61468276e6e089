import ExeuntHummingbird
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization
import Testing

@testable import ExeuntVerifier

/// What becomes of the errors of protected routes.
@Suite(.timeLimit(.minutes(5))) struct ErrorTests {
    private struct OutOfStock: Error, Equatable { var article: Int }

    private struct Moved: HTTPResponseError, Equatable {
        var status: HTTPResponse.Status { .gone }

        func response(from request: Request, context: some RequestContext) throws -> Response {
            Response(status: status, headers: [.location: "/new"])
        }
    }

    /// A list that closures can share.
    private final class Caught: Sendable {
        private let list = Mutex<[any Error]>([])

        var all: [any Error] { list.withLock { $0 } }

        func add(_ error: any Error) { list.withLock { $0.append(error) } }
    }

    /// What an application has around its routes.
    private struct Catching: RouterMiddleware {
        let caught: Caught

        func handle(
            _ request: Request, context: TestContext, next: (Request, TestContext) async throws -> Response
        ) async throws -> Response {
            do {
                return try await next(request, context)
            } catch let error as OutOfStock {
                caught.add(error)
                return Response(status: .conflict)
            } catch let error as ProtectedError where error.base is OutOfStock {
                caught.add(error)
                return Response(status: .conflict, headers: error.headers)
            } catch {
                caught.add(error)
                throw error
            }
        }
    }

    private let test = TestApplication()
    private let caught = Caught()

    private func run(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        try await test.run(
            adding: { router, _ in router.add(middleware: Catching(caught: caught)) },
            routes: { group in
                group.get("stock") { _, _ -> String in throw OutOfStock(article: 7) }
                group.get("moved") { _, _ -> String in throw Moved() }
                group.get("gone") { _, _ -> String in
                    throw HTTPError(.notFound, headers: [.contentLanguage: "en"], message: "It is not here.")
                }
            }
        ) { client, _ in try await body(client) }
    }

    @Test func `an application can catch its own errors`() async throws {
        let access = try test.accessToken()
        try await run { client in
            let stock = try await client.get("/stock", access: access)
            #expect(stock.status == .conflict)
            let moved = try await client.get("/moved", access: access)
            #expect(moved.headers[.location] == "/new")
        }
        #expect(caught.all.first as? OutOfStock == OutOfStock(article: 7))
        #expect(caught.all.last as? Moved == Moved())
    }

    @Test func `an HTTP error of a protected route is kept by no cache`() async throws {
        let access = try test.accessToken()
        try await run { client in
            let answer = try await client.get("/gone", access: access)
            #expect(answer.status == .notFound)
            #expect(answer.text.contains("It is not here."))
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(answer.headers[.contentLanguage] == "en")
        }
        #expect(caught.all.first is HTTPError)
    }

    @Test func `new tokens arrive with an error too, and it says what it was`() async throws {
        try await run { client in
            for (path, status) in [("/gone", HTTPResponse.Status.notFound), ("/moved", .gone), ("/stock", .conflict)] {
                let answer = try await client.get(path, refresh: TestApplication.refreshToken)
                #expect(answer.status == status)
                #expect(answer.setCookies.count == 2)
                #expect(answer.headers[.cacheControl] == "no-store")
            }
        }
        #expect(caught.all.map { $0 as? ProtectedError }.map { $0?.base is OutOfStock } == [false, false, true])
        for error in caught.all {
            #expect(!"\(error)".contains("exr_"), "no tokens in a log")
            #expect(!String(reflecting: error).contains("exr_"))
            var dumped = ""
            dump(error, to: &dumped)
            #expect(!dumped.contains("exr_"))
        }
    }
}
