package import Exeunt
package import HTTPTypes
internal import Settlement

/// A failure as it is told over HTTP; every door writes it in its own form.
package struct HTTPProblem: Error, Sendable {
    package var status: HTTPResponse.Status
    /// The last part of the problem's type, `/problems/NAME`, which the documentation explains.
    package var name: String
    package var title: String
    package var detail: String?
    /// The error code of the OAuth endpoints (RFC 6749 §5.2).
    package var oauthError = "invalid_request"
    package var headers: HTTPFields = [:]
    /// True when something was to be ended and is still live.
    package var stillLive = false
    /// Which sign-out to offer again, when one failed.
    package var retryScope: LogoutScope?

    package init(
        _ status: HTTPResponse.Status, _ name: String, _ title: String, detail: String? = nil,
        oauthError: String = "invalid_request", headers: HTTPFields = [:]
    ) {
        self.status = status
        self.name = name
        self.title = title
        self.detail = detail
        self.oauthError = oauthError
        self.headers = headers
    }

    package static func badRequest(_ detail: String) -> Self {
        HTTPProblem(.badRequest, "bad-request", "The request cannot be understood", detail: detail)
    }

    package static func notFound(_ detail: String = "There is nothing at this address.") -> Self {
        HTTPProblem(.notFound, "not-found", "Not found", detail: detail)
    }

    package static let unsupportedMediaType = HTTPProblem(
        .unsupportedMediaType, "unsupported-media-type", "The body has the wrong content type",
        detail: "Forms are application/x-www-form-urlencoded; /v1 takes application/json.")

    package static let bodyTooLarge = HTTPProblem(
        .contentTooLarge, "body-too-large", "The body is too large",
        detail: "A body has at most \(HTTPLimits.bodyBytes) bytes.", headers: [.connection: "close"])

    package static let headersTooLarge = HTTPProblem(
        .requestHeaderFieldsTooLarge, "headers-too-large", "The headers are too large",
        detail: "The headers of a request have at most \(HTTPLimits.headerBytes) bytes.",
        headers: [.connection: "close"])

    package static let crossOrigin = HTTPProblem(
        .forbidden, "cross-origin", "This did not come from one of our own pages",
        detail: "Changes are taken only from pages of this very origin.")

    package static let clientUnknown = HTTPProblem(
        .unauthorized, "client-unknown", "The client is not known",
        detail: "Authenticate with HTTP Basic: the client's id and secret.", oauthError: "invalid_client",
        headers: [.wwwAuthenticate: #"Basic realm="exeunt", charset="UTF-8""#])

    package static let scopeMissing = HTTPProblem(
        .forbidden, "scope-missing", "The client may not do this",
        detail: "The client lacks the scope that this needs.", oauthError: "unauthorized_client")

    package static func methodNotAllowed(_ allow: String) -> Self {
        HTTPProblem(
            .methodNotAllowed, "method-not-allowed", "This address does not take that method",
            detail: "It takes \(allow).", headers: [.allow: allow])
    }
}

extension HTTPProblem {
    /// The one table from the authority's errors to HTTP.
    package init(_ error: AuthorityError) {
        switch error {
        case .storeUnavailable, .storeIsBehind:
            self.init(
                .serviceUnavailable, "store-unavailable", "The session store cannot do this now",
                detail: "Nothing was changed. Try again in a moment.", oauthError: "temporarily_unavailable",
                headers: [.retryAfter: "5"])
        case .storeUndecided:
            self.init(
                .serviceUnavailable, "store-undecided", "Nobody can say now whether that was done",
                detail: "The session store went away while it was being written down. Ask for it again in a moment.",
                oauthError: "temporarily_unavailable", headers: [.retryAfter: "5"])
        case .overloaded:
            self.init(
                .serviceUnavailable, "overloaded", "Too much is waiting already",
                detail: "Nothing was changed. Try again in a moment.", oauthError: "temporarily_unavailable",
                headers: [.retryAfter: "1"])
        case .invalidArgument(let what):
            self.init(.unprocessableContent, "invalid-argument", "A value is not what it should be", detail: what)
        case .invalidCredential:
            self.init(
                .unauthorized, "invalid-credential", "The credential is not accepted",
                oauthError: "invalid_grant")
        case .subjectNotFound:
            self.init(.notFound, "subject-not-found", "There is no such subject")
        case .sessionNotFound:
            self.init(.notFound, "session-not-found", "There is no such session")
        case .tooManySessions:
            self.init(
                .conflict, "too-many-sessions", "The subject has as many sessions as are allowed",
                detail: "End one of them first.")
        case .upstreamEnded:
            self.init(
                .conflict, "upstream-ended", "The provider has ended that session",
                detail: "The person has signed out there. Let them sign in again.")
        case .tooManyReceivers:
            self.init(
                .conflict, "too-many-receivers", "There are as many receivers as there may be",
                detail: "Remove one of them first.")
        case .clientNotFound:
            self.init(.notFound, "client-not-found", "There is no such client")
        case .followerElsewhere:
            self.init(
                .conflict, "verifier-elsewhere", "The verifier asks elsewhere",
                detail: "Another client has that name, or a newer poll has taken the place of this one.")
        case .alreadyExists:
            self.init(.conflict, "already-exists", "It exists already")
        case .throttled(let wait):
            let seconds = max(1, (wait.milliseconds + 999) / 1000)
            self.init(
                .tooManyRequests, "throttled", "Too many attempts",
                detail: "The next attempt is welcome in \(seconds) seconds.",
                headers: [.retryAfter: String(seconds)])
        case .corrupted:
            self.init(
                .internalServerError, "internal", "Something is wrong on our side",
                detail: "The log of the server says what.", oauthError: "server_error")
        }
    }
}
