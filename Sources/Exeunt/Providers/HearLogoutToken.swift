internal import Logging

extension Authority {
    /// Why a logout token had no effect.
    package enum LogoutTokenRefusal: Error, Hashable, Sendable {
        /// It is not one that we accept; the text says which rule it breaks.
        case invalid(String)
        case failed(HearingFailure)
    }

    /// Ends what a provider's logout token says (OpenID Connect Back-Channel Logout 1.0 §2.6 and §2.7): the sessions that were opened
    /// with its `sid`, or without one all of the subject's.
    ///
    /// What is over already is no error, and a token that is heard twice acts once: it must not end what was opened since. Its `jti` is
    /// noted after the ending, since a crash between the two repeats the ending, which harms nobody, and the other way round loses it.
    package func hear(
        logoutToken text: String, by caller: Provenance
    ) async throws(LogoutTokenRefusal) -> LogoutReceipt {
        let token = try await logoutToken(text)
        do throws(AuthorityError) {
            let heard = Heard(token: "logout_token " + token.id, of: token.issuer)
            if try await store.hasHeard(heard) { return try await receipt(of: .nothing) }
            let ended = try await endUpstream(
                of: token.issuer, session: token.session, subject: token.session == nil ? token.subject : nil,
                because: .providerLogout, by: caller.as(.provider(token.issuer)))
            try await store.note(heard, until: token.acceptedUntil)
            return try await receipt(of: ended)
        } catch {
            throw .failed(.authority(error))
        }
    }

    private func logoutToken(_ text: String) async throws(LogoutTokenRefusal) -> LogoutToken {
        let foreign: ForeignToken
        do throws(ForeignToken.Fault) { foreign = try ForeignToken(text) } catch { throw .invalid(error.description) }
        guard let issuer = foreign.claimedIssuer else { throw .invalid("iss is missing or no string") }
        let provider: Provider?
        do throws(AuthorityError) {
            provider = try await store.provider(issuer)
        } catch {
            throw .failed(.authority(error))
        }
        guard let provider, let providerKeys else { throw .invalid("iss is not a provider that we hear") }
        let genuine: GenuineToken
        do throws(ProviderKeys.Fault) {
            genuine = try await providerKeys.genuine(foreign, of: provider)
        } catch {
            switch error {
            case .notGenuine: throw .invalid("the signature is not of a key of the provider")
            case .keysUnavailable(let why):
                logger.error("cannot fetch a provider's keys", metadata: ["issuer": "\(issuer)", "why": "\(why)"])
                throw .failed(.keysUnavailable)
            }
        }
        do throws(LogoutToken.Fault) {
            return try LogoutToken(genuine, at: environment.now())
        } catch {
            throw .invalid(error.description)
        }
    }

    /// Ends the sessions that were opened with a provider's session, because a page of it says so (OpenID Connect Front-Channel Logout
    /// 1.0 §3): nothing where that provider is not heard there.
    package func hearFrontChannel(
        issuer: String, session: String, by caller: Provenance
    ) async throws(AuthorityError) {
        guard let provider = try await store.provider(issuer), provider.hasFrontChannel,
            (1...Limits.upstreamBytes).contains(session.utf8.count)
        else { return }
        _ = try await receipt(
            of: try await endUpstream(
                of: issuer, session: session, subject: nil, because: .providerLogout, by: caller.as(.provider(issuer))))
    }

    /// Ends what a provider vouched for, a batch in a transaction, until nothing is left.
    ///
    /// A batch that is a little smaller than the largest is no sign of that: others may have ended some of it at the same moment. One as
    /// small as a person's is, so that a person's sign-out is one transaction.
    func endUpstream(
        of issuer: String, session: String?, subject: String?, because reason: EndingReason, by: Provenance
    ) async throws(AuthorityError) -> Ended {
        var total = Ended.nothing
        while true {
            let ended = try await end(
                .upstream(issuer: issuer, session: session, subject: subject), because: reason, by: by)
            total += ended
            guard max(ended.sessions, ended.rememberedLogins) > Limits.toldAtOnce else { return total }
        }
    }
}
