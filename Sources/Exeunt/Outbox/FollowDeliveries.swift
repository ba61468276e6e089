internal import Logging
internal import Settlement

extension Authority {
    /// How far an ending has come at those who are told of it, once it has come to each or the caller's patience is at its end.
    ///
    /// It does not wait for a receiver that is paused, that fetches, or whose next try is too late; nor for the sessions of a
    /// crowd, which get their places in the outbox later. The mirror is waited for likewise.
    package func deliveries(
        after ended: Ended, patience: Patience
    ) async throws(AuthorityError) -> Deliveries {
        let seq: UInt64
        if let last = ended.seq { seq = last } else { seq = try await store.head() }
        async let mirrored = mirrored(through: seq, patience: patience)
        let receivers = await told(of: ended, patience: patience)
        var deliveries = await mirrored
        deliveries.add(receivers)
        return deliveries
    }

    /// How far the log has come at the mirror, once it is there or the caller's patience is at its end.
    func mirrored(through seq: UInt64, patience: Patience) async -> Deliveries {
        guard let mirror else { return .none }
        return Deliveries(await mirror.deliver(through: seq, patience: patience))
    }

    /// How the receivers stand that are to be told of an ending; none when that cannot be found out, because what has been ended is
    /// over all the same.
    func told(of ended: Ended, patience: Patience) async -> [Deliveries.ToReceiver] {
        guard ended.sessions > 0 else { return [] }
        do throws(AuthorityError) {
            let known = try await receiversAtHand.receivers(notOlderThan: Limits.receiverGrain)
            guard known.contains(where: { $0.status != .disabled }) else { return [] }
            return try await told(of: ended, known: known, patience: patience)
        } catch {
            logger.warning("cannot see who has been told of an ending", metadata: ["error": "\(error)"])
            return []
        }
    }

    private func told(
        of ended: Ended, known: [Receiver], patience: Patience
    ) async throws(AuthorityError) -> [Deliveries.ToReceiver] {
        let place = try await store.outboxHead()
        // Who hears everybody's sessions need not be asked whose they were.
        let clients = known.contains { $0.hears == .own } ? try await clients(of: ended, through: place) : []
        func isConcerned(_ receiver: Receiver) -> Bool {
            receiver.status != .disabled && (receiver.hears == .all || clients.contains(receiver.clientID))
        }
        if ended.isToldLater || patience == .none {
            return Array(
                known.lazy.filter(isConcerned).map {
                    $0.told(through: place, isToldLater: ended.isToldLater, givenUpBefore: nil)
                })
        }
        return try await told(through: place, known.filter(isConcerned), until: deadline(of: patience))
    }

    /// How these receivers stand with an ending once it has come to each, or at a moment.
    private func told(
        through place: UInt64, _ concerned: [Receiver], until: Moment
    ) async throws(AuthorityError) -> [Deliveries.ToReceiver] {
        let before = Dictionary(concerned.map { ($0.id, $0.progress.givenUp) }, uniquingKeysWith: { $1 })
        var now = concerned
        while true {
            let told = now.map { $0.told(through: place, isToldLater: false, givenUpBefore: before[$0.id]) }
            let (moment, left) = (environment.now(), until - environment.moment())
            guard left > 0, zip(now, told).contains(where: { $0.isOnTheWay($1, at: moment, until: left) }),
                (try? await Task.sleep(for: Limits.deliveryGrain)) != nil
            else { return told }
            now = try await receiversAtHand.receivers(notOlderThan: Limits.deliveryGrain).filter {
                before[$0.id] != nil && $0.status != .disabled
            }
        }
    }

    private func deadline(of patience: Patience) -> Moment {
        let now = environment.moment()
        return switch patience {
        case .none: now
        case .atMost(let duration): now + min(duration, Limits.deliveryPatience).milliseconds
        case .untilSettled: now + Limits.deliveryPatience.milliseconds
        }
    }

    /// The clients whose sessions an ending has put into the outbox, and of some others that were ended about then.
    private func clients(of ended: Ended, through place: UInt64) async throws(AuthorityError) -> Set<String> {
        let count = UInt64(min(ended.sessions, Limits.toldAtOnce) + Limits.endingsAtOnce)
        let page = try await store.endedSessions(after: place - min(place, count), limit: Int(count))
        return Set(page.map(\.clientID))
    }
}

extension Receiver {
    /// How it stands with an ending at a place in the outbox.
    fileprivate func told(
        through place: UInt64, isToldLater: Bool, givenUpBefore: UInt64?
    ) -> Deliveries.ToReceiver {
        let state: Deliveries.State =
            if !isToldLater, progress.through >= place {
                progress.givenUp > givenUpBefore ?? progress.givenUp ? .failed : .done
            } else {
                progress.failures > 0 ? .retrying : .pending
            }
        return Deliveries.ToReceiver(
            receiver: id, clientID: clientID, kind: kind, state: state,
            retryAt: state == .retrying ? progress.retryAt : nil)
    }

    /// Whether it may be told within so many milliseconds.
    fileprivate func isOnTheWay(_ told: Deliveries.ToReceiver, at now: Timestamp, until milliseconds: Int64) -> Bool {
        guard status == .enabled, kind != .eventPoll else { return false }
        switch told.state {
        case .done, .failed: return false
        case .pending: return true
        case .retrying: return told.retryAt.map { $0 < now + .milliseconds(milliseconds) } ?? true
        }
    }
}
