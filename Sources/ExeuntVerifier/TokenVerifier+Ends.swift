internal import Settlement
internal import Synchronization

extension TokenVerifier {
    /// Tells when the session of an identity has ended, once and as soon as it is known here, so that what it opened can be closed.
    ///
    /// It also tells when nothing can be promised any more, which may be so at once. To tell, it calls from wherever the news
    /// comes in: be quick there. Keep what is returned; `cancel` it when nobody needs to hear any more. Throws when too many wait.
    public func onEnd(
        of identity: Identity, _ tell: @escaping @Sendable (SessionEnd) -> Void
    ) throws(TooManyWatchers) -> EndRegistration {
        let watching = try state.withLock { state throws(TooManyWatchers) in
            try state.watch(identity.token, at: environment.reading(), tell)
        }
        switch watching {
        case .watching(let id):
            return EndRegistration { [weak self] in self?.state.withLock { $0.unwatch(id) } }
        case .already(let end):
            tell(end)
            return EndRegistration {}
        }
    }

    /// Returns when the session of an identity has ended, or nothing can be promised any more.
    ///
    /// Throws when the task is cancelled, and when too many wait.
    public func untilEnd(of identity: Identity) async throws -> SessionEnd {
        let (ends, continuation) = AsyncStream.makeStream(of: SessionEnd.self, bufferingPolicy: .bufferingNewest(1))
        let registration = try onEnd(of: identity) { continuation.yield($0) }
        defer { registration.cancel() }
        for await end in ends { return end }
        throw CancellationError()
    }
}

/// The wish to hear of an end.
public struct EndRegistration: Sendable {
    private let forget: @Sendable () -> Void

    init(_ forget: @escaping @Sendable () -> Void) { self.forget = forget }

    /// Nobody needs to hear any more; doing it twice does no harm.
    public func cancel() { forget() }
}
