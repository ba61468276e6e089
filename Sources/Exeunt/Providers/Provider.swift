/// Another provider, whose sign-outs end the sessions that were opened with its help.
package struct Provider: Hashable, Sendable {
    /// Its issuer identifier, exactly as its tokens have it.
    package var issuer: String
    /// Who we are there: what its tokens must be meant for.
    package var audience: String
    /// Where its keys are (RFC 7517 §5); nil when its metadata says so (OpenID Connect Discovery 1.0 §4).
    package var jwksURI: String?
    /// Whether a logout token must say `logout+jwt`; peers from before that was registered leave it out.
    package var requiresType: Bool
    /// Whether its front channel is heard: a GET without a proof, which whoever knows a session's id can make.
    package var hasFrontChannel: Bool
    /// The hash of the bearer token that it pushes security events with (RFC 8935); nil when it may not.
    package var pushTokenHash: SecretHash?
    /// Where we fetch its security events (RFC 8936); nil when we do not.
    package var pollEndpoint: String?
    /// The bearer token that we fetch with, sealed under ``sealName``.
    package var sealedPollToken: [UInt8]?
    package var createdAt: Timestamp

    package init(
        issuer: String, audience: String, jwksURI: String? = nil, requiresType: Bool = true,
        hasFrontChannel: Bool = false, pushTokenHash: SecretHash? = nil, pollEndpoint: String? = nil,
        sealedPollToken: [UInt8]? = nil, createdAt: Timestamp
    ) {
        self.issuer = issuer
        self.audience = audience
        self.jwksURI = jwksURI
        self.requiresType = requiresType
        self.hasFrontChannel = hasFrontChannel
        self.pushTokenHash = pushTokenHash
        self.pollEndpoint = pollEndpoint
        self.sealedPollToken = sealedPollToken
        self.createdAt = createdAt
    }

    /// The name that its secret is sealed under.
    package var sealName: String { "provider " + issuer }
}
