public import ExeuntVerifier
public import Hummingbird

/// A request's context that says who makes the request.
public protocol ExeuntRequestContext: RequestContext {
    /// Who it is; nil before ``ExeuntMiddleware``, and for a stranger where those are allowed.
    var identity: Identity? { get set }
}

extension ExeuntRequestContext {
    /// Who it is.
    ///
    /// Throws a 401 when it is nobody: a route that asks is behind a middleware that allows strangers, or behind none.
    public func requireIdentity() throws -> Identity {
        guard let identity else {
            throw HTTPError(.unauthorized, headers: [.wwwAuthenticate: ExeuntChallenge.noToken])
        }
        return identity
    }
}
