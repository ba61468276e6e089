internal import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension Surface {
    private struct Health: Encodable {
        var status: String
    }

    /// Alive: this process answers.
    @Sendable func health(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        JSONResponse.make(Health(status: "ok"))
    }

    /// Ready: the store answers too.
    @Sendable func readiness(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        try await authority.store.ping()
        return JSONResponse.make(Health(status: "ready"))
    }

    /// Metrics in the Prometheus text format 0.0.4.
    @Sendable func metrics(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: metricsText())))
    }
}
