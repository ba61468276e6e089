package import Settlement

/// Those outside that an ending goes to, the mirror and the receivers, as they stand when it is answered.
package struct Deliveries: Hashable, Sendable {
    /// How far an ending has come at a receiver.
    package enum State: String, Hashable, Sendable, CaseIterable {
        /// It has been told, or there was nothing that it is to hear.
        case done
        /// It is still to be told.
        case pending
        /// It could not be told, and is tried again.
        case retrying
        /// Something has been given up since, which may be this.
        case failed
    }

    /// One receiver.
    package struct ToReceiver: Hashable, Sendable {
        package var receiver: Identifier
        package var clientID: String
        package var kind: Receiver.Kind
        package var state: State
        /// When it is tried again.
        package var retryAt: Timestamp?

        package init(
            receiver: Identifier, clientID: String, kind: Receiver.Kind, state: State, retryAt: Timestamp? = nil
        ) {
            self.receiver = receiver
            self.clientID = clientID
            self.kind = kind
            self.state = state
            self.retryAt = retryAt
        }
    }

    /// Mirrors and receivers that are still to be told.
    package var pending = 0
    package var done = 0
    /// Receivers that something has been given up for.
    package var failed = 0
    /// The moment from which on whoever asks a mirror refuses in any case; nil when no mirror is pending.
    package var settlesBy: Timestamp?
    /// The receivers, those that are not done first; at most ``Limits/receiversPerReceipt`` of those that are counted.
    package var receivers: [ToReceiver] = []

    package static let none = Deliveries()

    package init() {}

    package init(_ delivery: Delivery) {
        switch delivery {
        case .done: done = 1
        case .pending(let moment): (pending, settlesBy) = (1, moment)
        }
    }

    /// Counts the receivers, and lists as many as there is room for.
    package mutating func add(_ receivers: [ToReceiver]) {
        for receiver in receivers {
            switch receiver.state {
            case .done: done += 1
            case .pending, .retrying: pending += 1
            case .failed: failed += 1
            }
        }
        // Lazily, because of a thousand only a few are wanted.
        let most = Limits.receiversPerReceipt
        self.receivers = Array(receivers.lazy.filter { $0.state != .done }.prefix(most))
        self.receivers += receivers.lazy.filter { $0.state == .done }.prefix(most - self.receivers.count)
    }
}
