internal import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension Surface {
    /// Authorization server metadata (RFC 8414 §2).
    private struct Metadata: Encodable {
        var issuer: String
        var tokenEndpoint: String
        var tokenEndpointAuthMethodsSupported: [String]
        var revocationEndpoint: String
        var revocationEndpointAuthMethodsSupported: [String]
        var introspectionEndpoint: String
        var introspectionEndpointAuthMethodsSupported = ["client_secret_basic", "client_secret_post"]
        var globalTokenRevocationEndpoint: String
        var globalTokenRevocationEndpointAuthMethodsSupported = ["client_secret_basic"]
        var jwksUri: String
        var grantTypesSupported = ["refresh_token"]
        var responseTypesSupported: [String] = []
        var scopesSupported = Client.Scope.allCases.map(\.rawValue)
    }

    @Sendable func metadata(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let issuer = authority.policy.issuer
        let methods = ["client_secret_basic", "client_secret_post", "none"]
        return JSONResponse.make(
            Metadata(
                issuer: issuer, tokenEndpoint: issuer + "/token", tokenEndpointAuthMethodsSupported: methods,
                revocationEndpoint: issuer + "/revoke", revocationEndpointAuthMethodsSupported: methods,
                introspectionEndpoint: issuer + "/introspect",
                globalTokenRevocationEndpoint: issuer + "/global-token-revocation",
                jwksUri: issuer + "/.well-known/jwks.json"),
            headers: [.cacheControl: "public, max-age=300"])
    }

    /// The public keys (RFC 7517 §5).
    @Sendable func jwks(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        JSONResponse.text(
            ByteBuffer(string: authority.signingKeys.jwks), type: "application/jwk-set+json",
            headers: [.cacheControl: "public, max-age=60"])
    }

    @Sendable func openAPI(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        JSONResponse.text(Asset.openAPI, headers: [.cacheControl: "public, max-age=300"])
    }
}
