internal import Exeunt
internal import HTTPTypes
internal import Hummingbird

extension Surface {
    /// The configuration of a transmitter of security events (SSF 1.0 §7.1).
    private struct StreamMetadata: Encodable {
        /// How a receiver shows who it is (SSF 1.0 §7.1.1).
        struct Scheme: Encodable {
            var specUrn: String
        }

        var specVersion = "1_0"
        var issuer: String
        var jwksUri: String
        var deliveryMethodsSupported: [String]
        var configurationEndpoint: String
        var statusEndpoint: String
        var verificationEndpoint: String
        /// HTTP Basic.
        var authorizationSchemes = [Scheme(specUrn: "urn:ietf:rfc:7617")]
        /// Whoever cannot tell one session from another must not take its end for the person's.
        var criticalSubjectMembers = ["session"]
        /// A stream hears of every subject; there is none to add.
        var defaultSubjects = "ALL"
    }

    @Sendable func streamMetadata(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let issuer = authority.policy.issuer
        return published(
            StreamMetadata(
                issuer: issuer, jwksUri: jwksURI,
                deliveryMethodsSupported: (outgoing == nil ? [] : [StreamTerms.push]) + [StreamTerms.poll],
                configurationEndpoint: issuer + "/ssf/streams", statusEndpoint: issuer + "/ssf/status",
                verificationEndpoint: issuer + "/ssf/verify"))
    }
}
