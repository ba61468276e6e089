import Exeunt
import Settlement

/// Values for tests of the outbox: receivers and endings by their numbers.
enum OutboxValues {
    static let start = Timestamp(milliseconds: 1_800_000_000_000)
    static let life: Duration = .seconds(24 * 3600)

    static func id(_ number: Int) -> Identifier { Identifier(high: 7, low: UInt64(number)) }

    static func receiver(
        _ number: Int = 1, kind: Receiver.Kind = .backChannelLogout, hears: Receiver.Hears = .all, through: UInt64 = 0
    ) -> Receiver {
        var receiver = Receiver(
            id: id(number), clientID: "client-\(number)", kind: kind, hears: hears,
            endpoint: "https://\(number).example.com/told", createdAt: start)
        receiver.progress.through = through
        return receiver
    }

    /// The ending at a place; its session has the place's number.
    static func ended(_ place: UInt64, client: String = "client-1", at moment: Timestamp = start) -> EndedSession {
        EndedSession(
            number: place, session: Identifier(high: 9, low: place), subject: name, clientID: client,
            reason: .signedOut, at: moment)
    }

    static func ended(_ places: ClosedRange<UInt64>, at moment: Timestamp = start) -> [EndedSession] {
        places.map { ended($0, at: moment) }
    }

    private static let name: Subject = {
        guard let subject = Subject("ada") else { preconditionFailure("it is a name") }
        return subject
    }()
}

extension Dispatch {
    /// The place of the ending that it tells of.
    var place: UInt64? {
        guard case .ended(let ended) = what else { return nil }
        return ended.number
    }
}
