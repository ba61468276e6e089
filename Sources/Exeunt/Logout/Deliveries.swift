/// The mirrors that an ending goes to, as they stand when it is answered.
package struct Deliveries: Hashable, Sendable {
    package var pending = 0
    package var done = 0
    /// The moment from which on whoever asks a mirror refuses in any case; nil when nothing is pending.
    package var settlesBy: Timestamp?

    package static let none = Deliveries()

    package init() {}

    package init(_ delivery: Delivery) {
        switch delivery {
        case .done: done = 1
        case .pending(let moment): (pending, settlesBy) = (1, moment)
        }
    }
}
