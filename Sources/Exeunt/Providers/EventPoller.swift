internal import Logging
internal import ServiceLifecycle
internal import Settlement
internal import Synchronization

/// Fetches security events from the providers that are polled (RFC 8936): one poll at a time of each, held by the provider until it has
/// something to say.
///
/// An event is acknowledged after it has been acted upon, so that none is lost; one that comes twice acts once.
package final class EventPoller: Service {
    private let authority: Authority
    private let http: any OutgoingHTTP
    private let clock: any Clock<Duration>
    /// The issuers that somebody polls already.
    private let polled = Mutex<Set<String>>([])

    package init(authority: Authority, http: any OutgoingHTTP, clock: any Clock<Duration>) {
        self.authority = authority.waiting(.none)
        self.http = http
        self.clock = clock
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown { await self.watch() }
    }

    /// Polls whoever is there to be polled, each in a task of its own.
    private func watch() async {
        await withDiscardingTaskGroup { group in
            repeat {
                for provider in await pollable() where polled.withLock({ $0.insert(provider.issuer).inserted }) {
                    group.addTask { await self.poll(provider) }
                }
            } while (try? await clock.sleep(for: Limits.pollersGrain)) != nil
        }
    }

    private func pollable() async -> [Provider] {
        do throws(AuthorityError) {
            return try await authority.store.providers().filter { $0.pollEndpoint != nil }
        } catch {
            authority.logger.error("cannot look which providers are polled", metadata: ["error": "\(error)"])
            return []
        }
    }

    /// Polls a provider for as long as it is registered as it is now.
    private func poll(_ provider: Provider) async {
        defer { polled.withLock { _ = $0.remove(provider.issuer) } }
        var state = EventPollState()
        while !Task.isCancelled, await isStill(provider) {
            let pause = await poll(provider, &state)
            if pause > .zero, (try? await clock.sleep(for: pause)) == nil { return }
        }
    }

    private func isStill(_ provider: Provider) async -> Bool {
        (try? await authority.store.provider(provider.issuer)) == provider
    }

    /// One poll; gives the pause until the next.
    package func poll(_ provider: Provider, _ state: inout EventPollState) async -> Duration {
        let start = authority.environment.moment()
        let sets: [String: String]
        do throws(Failure) {
            sets = try await fetch(state.poll, from: provider)
        } catch {
            if !Task.isCancelled {
                authority.logger.warning(
                    "cannot fetch a provider's events",
                    metadata: ["issuer": "\(provider.issuer)", "why": "\(error.why)"])
            }
            return state.failed()
        }
        let elapsed = authority.environment.moment() - start
        // What a provider says that was removed meanwhile is not heard.
        if !sets.isEmpty, await !isStill(provider) { return .zero }
        var outcomes: [String: EventPollState.Outcome] = [:]
        for (id, text) in sets { outcomes[id] = await hear(text, called: id, from: provider) }
        return state.answered(outcomes, after: elapsed)
    }

    private struct Failure: Error {
        var why: String
    }

    private func fetch(_ poll: EventPoll, from provider: Provider) async throws(Failure) -> [String: String] {
        guard let endpoint = provider.pollEndpoint, let sealed = provider.sealedPollToken else {
            throw Failure(why: "the provider has no poll endpoint or no token")
        }
        let token: [UInt8]
        do throws(AuthorityError) {
            token = try authority.keyRing.unseal(sealed, name: provider.sealName)
        } catch {
            throw Failure(why: "its token does not open with the master key")
        }
        let headers = [
            ("Authorization", "Bearer " + String(decoding: token, as: UTF8.self)),
            ("Content-Type", "application/json"), ("Accept", "application/json"),
        ]
        let answer: OutgoingAnswer
        do throws(OutgoingFailure) {
            answer = try await http.send(
                OutgoingRequest(
                    .post, endpoint, headers: headers, body: poll.body, timeout: Limits.pollTimeout,
                    answerBytes: Limits.pollAnswerBytes))
        } catch {
            throw Failure(why: error.text)
        }
        guard answer.status == 200 else { throw Failure(why: "it answered with \(answer.status)") }
        guard let sets = EventPoll.sets(answer.body) else { throw Failure(why: "its answer has no sets of tokens") }
        return sets
    }

    private func hear(_ text: String, called id: String, from provider: Provider) async -> EventPollState.Outcome {
        if let token = try? ForeignToken(text), let own = token.claims["jti"]?.string, !own.isExactly(id) {
            return .refused(.invalidRequest("the token has another jti than it was called by"))
        }
        do throws(Authority.SecurityEventRefusal) {
            _ = try await authority.hear(securityEvent: text, from: provider, by: .authority)
            return .accepted
        } catch {
            guard case .invalid(let fault) = error else { return .failed }
            authority.logger.notice(
                "refused a security event",
                metadata: ["issuer": "\(provider.issuer)", "err": "\(fault.code.rawValue)", "why": "\(fault)"])
            return .refused(fault)
        }
    }
}
