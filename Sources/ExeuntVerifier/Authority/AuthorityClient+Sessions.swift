internal import Foundation

extension AuthorityClient {
    private struct OpenBody: Encodable {
        struct Device: Encodable {
            var userAgent: String?
            var address: String?
        }

        var subject: String
        var device: Device
    }

    private struct Tokens: Decodable {
        var accessToken: String
        var refreshToken: String
        var expiresIn: Int64

        private enum CodingKeys: String, CodingKey {
            case accessToken = "access_token"
            case refreshToken = "refresh_token"
            case expiresIn = "expires_in"
        }

        var tokens: SessionTokens {
            SessionTokens(accessToken: accessToken, refreshToken: refreshToken, expiresIn: .seconds(expiresIn))
        }
    }

    private struct SignOutBody: Encodable {
        var token: String
        var scope: SignOutScope
    }

    private struct Receipt: Decodable {
        var endedSessions: Int
        var settled: Bool
        var settledAfter: Int64?
        var settlesBy: String?

        private enum CodingKeys: String, CodingKey {
            case settled
            case endedSessions = "ended_sessions"
            case settledAfter = "settled_after_ms"
            case settlesBy = "settles_by"
        }
    }

    /// Opens a session for somebody whom the application has authenticated; needs the scope `sessions`.
    ///
    /// The user agent and the address are what the person will see in the list of devices.
    public func openSession(
        subject: String, userAgent: String? = nil, address: String? = nil
    ) async throws(AuthorityFailure) -> SessionTokens {
        let answer = try await post(
            "/v1/sessions",
            json: OpenBody(subject: subject, device: OpenBody.Device(userAgent: userAgent, address: address)))
        try answer.expect(201)
        return try answer.json(Tokens.self).tokens
    }

    /// Exchanges a refresh token for a new pair (RFC 6749 §6), once for all in this process who bring it at the same time.
    ///
    /// Whoever is cancelled meanwhile gets `unreachable`, and the exchange is done to its end. Throws `credentialOver` when the session
    /// is over, and at once for what does not look like a refresh token.
    ///
    /// A token that has just been exchanged gets the same successor again for as long as the authority's `refresh.grace_seconds` say,
    /// ten seconds by default; so an exchange whose answer was lost may be repeated within them. Where several processes serve the
    /// same browser they must not be 0: two requests at once to two of them would look like a stolen token, and end the session.
    public func refresh(_ refreshToken: String) async throws(AuthorityFailure) -> SessionTokens {
        guard RefreshTokenForm.matches(refreshToken) else { throw .credentialOver }
        do {
            return try await refreshes.run(refreshToken) { try await exchange(refreshToken) }.value
        } catch let failure as AuthorityFailure {
            throw failure
        } catch is SingleFlight<String, SessionTokens>.Full {
            throw .unavailable(retryAfter: Limits.retryAfter)
        } catch {
            throw .unreachable("\(error)")
        }
    }

    private func exchange(_ refreshToken: String) async throws(AuthorityFailure) -> SessionTokens {
        let answer = try await post(
            "/token", form: [("grant_type", "refresh_token"), ("refresh_token", refreshToken)])
        try answer.expect(200)
        return try answer.json(Tokens.self).tokens
    }

    /// Ends the session that a token belongs to, whichever of its tokens that is; needs the scope `sessions`.
    ///
    /// It waits until that is settled, but no longer than so many whole seconds; longer than a moment it takes only while a server
    /// is cut off. A token that is over already is no error. If it throws, the session is to be taken as still live.
    public func signOut(
        _ token: String, scope: SignOutScope = .current, waitingAtMost wait: Duration = .seconds(5)
    ) async throws(AuthorityFailure) -> SignOutReceipt {
        let answer = try await post(
            "/v1/logout", json: SignOutBody(token: token, scope: scope),
            prefer: "wait=\(max(0, wait.components.seconds))",
            patience: wait + Limits.questionTime)
        try answer.expect(200, 202)
        let receipt = try answer.json(Receipt.self)
        return SignOutReceipt(
            endedSessions: receipt.endedSessions, isSettled: receipt.settled,
            settledAfter: receipt.settledAfter.map { .milliseconds($0) },
            settlesBy: receipt.settlesBy.flatMap { try? Date($0, strategy: Self.time) })
    }

    private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
}
