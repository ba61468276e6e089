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
        var endSessionEndpoint: String
        var backchannelLogoutSupported = true
        var backchannelLogoutSessionSupported = true
    }

    /// What is true of us in an OpenID provider's metadata (OpenID Connect Discovery 1.0 §3, RP-Initiated Logout 1.0 §2.1,
    /// Back-Channel Logout 1.0 §2.1): nobody is sent here to sign in with us, so there is no authorization endpoint and no ID token.
    private struct ProviderMetadata: Encodable {
        var issuer: String
        var jwksUri: String
        var endSessionEndpoint: String
        var backchannelLogoutSupported = true
        var backchannelLogoutSessionSupported = true
        var frontchannelLogoutSupported = false
        var frontchannelLogoutSessionSupported = false
        var responseTypesSupported: [String] = []
        var subjectTypesSupported = ["public"]
        var idTokenSigningAlgValuesSupported: [String] = []
        var tokenEndpoint: String
        var tokenEndpointAuthMethodsSupported: [String]
        var grantTypesSupported = ["refresh_token"]
    }

    private static let authMethods = ["client_secret_basic", "client_secret_post", "none"]

    @Sendable func metadata(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let issuer = authority.policy.issuer
        return published(
            Metadata(
                issuer: issuer, tokenEndpoint: issuer + "/token", tokenEndpointAuthMethodsSupported: Self.authMethods,
                revocationEndpoint: issuer + "/revoke", revocationEndpointAuthMethodsSupported: Self.authMethods,
                introspectionEndpoint: issuer + "/introspect",
                globalTokenRevocationEndpoint: issuer + "/global-token-revocation",
                jwksUri: jwksURI, endSessionEndpoint: issuer + "/end-session"))
    }

    @Sendable func providerMetadata(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let issuer = authority.policy.issuer
        return published(
            ProviderMetadata(
                issuer: issuer, jwksUri: jwksURI, endSessionEndpoint: issuer + "/end-session",
                tokenEndpoint: issuer + "/token", tokenEndpointAuthMethodsSupported: Self.authMethods))
    }

    /// Metadata, which others may keep for a while.
    func published(_ metadata: some Encodable) -> Response {
        JSONResponse.make(metadata, headers: [.cacheControl: "public, max-age=300"])
    }

    var jwksURI: String { authority.policy.issuer + "/.well-known/jwks.json" }

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
