import ExeuntHummingbird
import ExeuntVerifier
import HTTPTypes
import Hummingbird
import Logging

extension NotesRouter {
    /// Checks the password, which is ours to do, and has Exeunt open a session.
    @Sendable func signIn(_ request: Request, _ context: NotesContext) async throws -> Response {
        struct Form: Decodable { var name, password: String }
        let form = try await request.decode(as: Form.self, context: context)
        guard users.isRight(form.password, of: form.name) else {
            return Page.signIn(saying: "That is not right.", status: .unauthorized)
        }
        do throws(AuthorityFailure) {
            let tokens = try await verifier.authority.openSession(
                subject: form.name, userAgent: request.headers[.userAgent], address: context.address)
            var response = Response.redirect(to: "/", type: .normal)
            cookies.set(tokens, on: &response.headers)
            return response
        } catch {
            context.logger.error("cannot open a session", metadata: ["error": "\(error)"])
            return Page.signIn(saying: "Nobody can sign in now. Try again in a moment.", status: .serviceUnavailable)
        }
    }

    /// Ends the session first, and forgets the cookies once that is done.
    @Sendable func signOut(_ request: Request, _ context: NotesContext) async throws -> Response {
        struct Form: Decodable { var scope: SignOutScope? }
        let scope = try await request.decode(as: Form.self, context: context).scope ?? .current
        guard let token = cookies.refreshToken(in: request) ?? cookies.accessToken(in: request) else {
            return .redirect(to: "/signed-out", type: .normal)
        }
        do throws(AuthorityFailure) {
            let receipt = try await verifier.authority.signOut(token, scope: scope)
            var response = Response.redirect(
                to: scope == .others ? "/" : "/signed-out?\(Self.query(receipt))", type: .normal)
            if scope != .others { cookies.delete(on: &response.headers) }
            return response
        } catch {
            context.logger.error("cannot sign out", metadata: ["error": "\(error)"])
            return Page.stillSignedIn()
        }
    }

    @Sendable func signedOut(_ request: Request, _ context: NotesContext) -> Response {
        let query = request.uri.queryParameters
        let milliseconds = query["settled-after"].flatMap { Int($0) }
        return Page.signedOut(settledAfterMilliseconds: milliseconds, isPending: query["pending"] != nil)
    }

    private static func query(_ receipt: SignOutReceipt) -> String {
        guard receipt.isSettled else { return "pending=1" }
        return "settled-after=\(Int((receipt.settledAfter ?? .zero) / .milliseconds(1)))"
    }
}

extension SignOutScope: Decodable {}
