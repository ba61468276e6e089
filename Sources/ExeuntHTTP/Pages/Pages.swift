internal import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import Mustache
internal import NIOCore
internal import Settlement

/// The pages, rendered from templates that are part of the program.
struct Pages: Sendable {
    private let library: MustacheLibrary

    /// Throws when a template is broken.
    init() throws {
        MustacheContentTypes.register(HTMLText(), named: "HTML")
        var library = MustacheLibrary()
        let templates: [(String, [UInt8])] = [
            ("base", PackageResources.base_mustache), ("login", PackageResources.login_mustache),
            ("sessions", PackageResources.sessions_mustache), ("account", PackageResources.account_mustache),
            ("signed-out", PackageResources.signed_out_mustache), ("error", PackageResources.error_mustache),
            ("end-session", PackageResources.end_session_mustache),
        ]
        for (name, bytes) in templates { try library.register(String(decoding: bytes, as: UTF8.self), named: name) }
        self.library = library
    }

    /// A page from its template.
    func render(_ template: String, _ context: [String: Any], status: HTTPResponse.Status = .ok) -> Response {
        let html = library.render(context, withTemplate: template) ?? ""
        return Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    /// A page that one must be signed in for.
    func render(
        _ template: String, for visit: BrowserVisit, as name: String, _ context: [String: Any],
        status: HTTPResponse.Status = .ok
    ) -> Response {
        let common: [String: Any] = [
            "sign_out_visible": true, "subject": name, "account_id": visit.session.id.description,
        ]
        return visit.finish(render(template, context.merging(common) { $1 }, status: status))
    }

    /// A page that tells of a failure.
    func error(_ problem: HTTPProblem) -> Response {
        var context: [String: Any] = [
            "title": problem.title, "status": String(problem.status.code), "heading": problem.title,
            "detail": problem.detail ?? "",
        ]
        if problem.stillLive { context["still_signed_in"] = true }
        if let scope = problem.retryScope { context["retry_scope"] = scope.rawValue }
        var response = render("error", context, status: problem.status)
        for field in problem.headers { response.headers[field.name] = field.value }
        return response
    }
}
