internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// An error of a protected route, whose answer gets the headers that its other answers get.
struct ProtectedError: HTTPResponseError {
    let base: any Error
    let headers: HTTPFields

    var status: HTTPResponse.Status { (base as? any HTTPResponseError)?.status ?? .internalServerError }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        guard let base = base as? any HTTPResponseError else {
            context.logger.error("a route failed", metadata: ["error": "\(base)"])
            return Response(status: .internalServerError, headers: headers)
        }
        var response = try base.response(from: request, context: context)
        response.headers = response.headers.taking(headers)
        return response
    }
}
