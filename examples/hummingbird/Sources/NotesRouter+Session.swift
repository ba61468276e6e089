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
            // A session that this browser still has is replaced, and not left to whoever has copied it.
            for token in [cookies.refreshToken(in: request), cookies.accessToken(in: request)] {
                if let token { _ = try await verifier.authority.signOut(token) }
            }
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

    /// Ends what is asked for first, and forgets the cookies once that is done; what is said of it is what the receipt says.
    ///
    /// The page is the answer to the form itself: an address that says it could be sent to somebody who is still signed in.
    @Sendable func signOut(_ request: Request, _ context: NotesContext) async throws -> Response {
        struct Form: Decodable { var scope: SignOutScope? }
        let scope = try await request.decode(as: Form.self, context: context).scope ?? .current
        var receipt: SignOutReceipt?
        do throws(AuthorityFailure) {
            // Either will do; but the one may be junk while the other is not.
            for token in [cookies.refreshToken(in: request), cookies.accessToken(in: request)] {
                guard let token, receipt?.endedSessions ?? 0 == 0 else { continue }
                receipt = try await verifier.authority.signOut(token, scope: scope)
            }
        } catch {
            context.logger.error("cannot sign out", metadata: ["error": "\(error)"])
            return Page.stillSignedIn(wanted: scope)
        }
        guard let receipt, scope == .others || receipt.endedSessions > 0 else {
            let pending = receipt?.isSettled == false ? " " + Page.stillPending : ""
            var response = Page.signIn(
                saying: "There was no session to end: you were not signed in any more." + pending)
            cookies.delete(on: &response.headers)
            return response
        }
        var response = Page.receipt(receipt, of: scope)
        if scope != .others { cookies.delete(on: &response.headers) }
        return response
    }

    /// Where an open page goes whose session has ended; who is signed in has no business there.
    @Sendable func signedOut(_ request: Request, _ context: NotesContext) -> Response {
        context.identity == nil ? Page.signedOut() : .redirect(to: "/", type: .normal)
    }
}
