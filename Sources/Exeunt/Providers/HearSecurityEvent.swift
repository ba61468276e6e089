internal import Logging

extension Authority {
    /// Why a security event token had no effect.
    package enum SecurityEventRefusal: Error, Hashable, Sendable {
        /// It is not one that we accept.
        case invalid(SecurityEventFault)
        case failed(HearingFailure)
    }

    /// Ends what a provider's security event says has to end (``EventConsequence``).
    ///
    /// An event that ends nothing is accepted: because it asks for nothing, or names nobody here, or was heard before. Throws `invalid` for
    /// a token that is none of `sender`'s own, whatever it says.
    package func hear(
        securityEvent text: String, from sender: Provider, by caller: Provenance
    ) async throws(SecurityEventRefusal) -> LogoutReceipt {
        let event = try await securityEvent(text, from: sender)
        do throws(AuthorityError) {
            let heard = Heard(token: "security_event " + event.id, of: event.issuer)
            if try await store.hasHeard(heard) { return try await receipt(of: .nothing) }
            var ended = Ended.nothing
            for consequence in EventConsequence.all(of: event) {
                ended += try await carryOut(consequence, of: event, by: caller.as(.provider(event.issuer)))
            }
            try await store.note(heard, until: event.acceptedUntil)
            logger.info(
                "heard a security event",
                metadata: ["issuer": "\(event.issuer)", "type": "\(event.type)", "ended": "\(ended.sessions)"])
            return try await receipt(of: ended)
        } catch {
            throw .failed(.authority(error))
        }
    }

    private func carryOut(
        _ consequence: EventConsequence, of event: SecurityEvent, by: Provenance
    ) async throws(AuthorityError) -> Ended {
        switch consequence {
        case .upstreamSession(let session):
            return try await endUpstream(
                of: event.issuer, session: session, subject: nil, because: .providerEvent, by: by)
        case .upstreamSubject(let subject):
            return try await endUpstream(
                of: event.issuer, session: nil, subject: subject, because: .providerEvent, by: by)
        case .address(let address):
            guard let account = try await store.account(email: SignIn.normalized(address)) else { return .nothing }
            return try await end(.subject(account.subject, except: nil), because: .providerEvent, by: by)
        }
    }

    private func securityEvent(
        _ text: String, from sender: Provider
    ) async throws(SecurityEventRefusal) -> SecurityEvent {
        let foreign: ForeignToken
        do throws(ForeignToken.Fault) {
            foreign = try ForeignToken(text)
        } catch {
            throw .invalid(.invalidRequest(error.description))
        }
        guard let issuer = foreign.claimedIssuer else { throw .invalid(.invalidRequest("iss is missing or no string")) }
        guard issuer.isExactly(sender.issuer) else { throw .invalid(try await fault(of: issuer)) }
        guard let providerKeys else { throw .failed(.keysUnavailable) }
        let genuine: GenuineToken
        do throws(ProviderKeys.Fault) {
            genuine = try await providerKeys.genuine(foreign, of: sender)
        } catch {
            switch error {
            case .notGenuine:
                throw .invalid(SecurityEventFault(.invalidKey, "the signature is not of a key of the issuer"))
            case .keysUnavailable(let why):
                logger.error("cannot fetch a provider's keys", metadata: ["issuer": "\(issuer)", "why": "\(why)"])
                throw .failed(.keysUnavailable)
            }
        }
        do throws(SecurityEventFault) {
            return try SecurityEvent(genuine, at: environment.now())
        } catch {
            throw .invalid(error)
        }
    }

    /// What is wrong with an issuer that is not the sender: it is unknown, or another one, in whose name nobody else may speak.
    private func fault(of issuer: String) async throws(SecurityEventRefusal) -> SecurityEventFault {
        do throws(AuthorityError) {
            return try await store.provider(issuer) == nil
                ? SecurityEventFault(.invalidIssuer, "iss is not the provider that this token is for")
                : SecurityEventFault(.accessDenied, "the token is of another provider than its sender")
        } catch {
            throw .failed(.authority(error))
        }
    }
}
