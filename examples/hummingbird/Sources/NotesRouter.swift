import ExeuntHummingbird
import ExeuntVerifier
import Hummingbird

/// All routes of the application.
struct NotesRouter: Sendable {
    let verifier: TokenVerifier
    let users: Users
    let origins: [String]
    let notes = Notes()
    var cookies = BrowserCookies(isSecure: false)

    func build() -> Router<NotesContext> {
        let router = Router(context: NotesContext.self)
        router.add(middleware: PageHeaders())
        router.add(middleware: OwnOriginMiddleware(origins: origins))
        router.get("notes.css") { _, _ in Page.asset(Assets.css, type: "text/css") }
        router.get("notes.js") { _, _ in Page.asset(Assets.script, type: "text/javascript") }
        // Not behind the middleware: there is nothing to refresh for somebody who leaves.
        router.post("sign-in", use: signIn)
        router.post("sign-out", use: signOut)
        router.get("sign-out") { _, _ in Response.redirect(to: "/", type: .normal) }
        router.get("status") { _, _ in statusText }

        router.group()
            .add(middleware: ExeuntMiddleware(verifier: verifier, cookies: cookies, allowsStrangers: true))
            .get("/", use: home)
            .get("signed-out", use: signedOut)

        router.group()
            .add(middleware: ExeuntMiddleware(verifier: verifier, cookies: cookies))
            .get("notes", use: list)
            .post("notes", use: write)
            .get("session", use: session)
            .get("events", use: events)
        return router
    }

    // MARK: Notes

    @Sendable private func home(_ request: Request, _ context: NotesContext) -> Response {
        guard let identity = context.identity else { return Page.signIn() }
        return Page.notes(notes.of(identity.subject), of: identity)
    }

    @Sendable private func list(_ request: Request, _ context: NotesContext) throws -> [String] {
        notes.of(try context.requireIdentity().subject)
    }

    @Sendable private func write(_ request: Request, _ context: NotesContext) async throws -> Response {
        struct Form: Decodable { var text: String }
        let identity = try context.requireIdentity()
        notes.add(try await request.decode(as: Form.self, context: context).text, of: identity.subject)
        return .redirect(to: "/", type: .normal)
    }

    /// What a page asks that comes back from the browser's history.
    @Sendable private func session(_ request: Request, _ context: NotesContext) throws -> [String: String] {
        ["session": try context.requireIdentity().sessionID]
    }

    /// How the verifier is doing.
    private var statusText: String {
        let status = verifier.status
        return "\(status.state.rawValue), \(status.applied) applied, \(status.revocations) held, "
            + "\(status.checks["accepted"] ?? 0) accepted\n"
    }
}
