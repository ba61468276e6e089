import Exeunt
import Settlement

/// Short ways to say who hears of what ends.
extension Scenario {
    static let issuer = "https://login.example.test"

    /// A receiver of the scenario's client, or of another one, which is registered if it is not yet.
    func receiver(of client: String = Scenario.client, at: Timestamp = Scenario.start) async throws -> Receiver {
        if try await store.client(client) == nil {
            try await store.add(
                Client(id: client, name: client, secretHash: hash(), scopes: [.streams], createdAt: at), by: by)
        }
        return Receiver(
            id: identifier(), clientID: client, kind: .webhook, hears: .own, endpoint: "https://\(client).example.test",
            sealedSecret: [1, 2, 3], createdAt: at)
    }

    /// Has somebody hear of all that ends from now on.
    @discardableResult
    func listen() async throws -> Receiver {
        let receiver = try await receiver()
        try await store.add(receiver, by: by)
        return receiver
    }

    /// The whole outbox.
    func outbox(after: UInt64 = 0) async throws -> [EndedSession] {
        var ended: [EndedSession] = []
        while true {
            let more = try await store.endedSessions(after: ended.last?.number ?? after, limit: 100)
            if more.isEmpty { return ended }
            ended += more
        }
    }

    /// Sweeps until there is nothing left to do.
    func sweepAll(at now: Timestamp) async throws {
        while try await sweep(at: now) > 0 {}
    }

    /// An opening that another provider vouched for.
    func opening(
        _ subject: Subject, upstream session: String?, _ name: String? = nil, issuer: String = Scenario.issuer,
        remember: Bool = false
    ) -> Opening {
        var opening = opening(subject, remember: remember)
        opening.upstream = Session.Upstream(issuer: issuer, session: session, subject: name)
        return opening
    }

    /// An ending that no receiver has been told of, for reports.
    func letter(to receiver: Receiver, place: UInt64, why: String) throws -> DeadLetter {
        DeadLetter(
            receiver: receiver.id,
            ended: EndedSession(
                number: place, session: identifier(), subject: try subject(), clientID: Self.client,
                upstream: Session.Upstream(issuer: Self.issuer, session: nil, subject: "them"), statusIndex: 7,
                reason: .emailChanged, at: start),
            why: why, at: start + .seconds(1))
    }
}
