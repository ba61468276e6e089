internal import Exeunt
internal import Settlement

/// How a receiver gets on, as it is shown.
struct DeliveriesRow: Encodable {
    var receiverId: String
    var clientId: String
    var kind: String
    var status: String
    var statusReason: String?
    var pending: Int
    var oldestPendingAt: String?
    var delivered: UInt64
    var givenUp: UInt64
    var failures: Int
    var retryAt: String?
    var lastDeliveredAt: String?
    var lastFailureAt: String?
    var lastFailure: String?

    init(_ receiver: Receiver, _ backlog: Backlog) {
        let progress = receiver.progress
        receiverId = receiver.id.description
        clientId = receiver.clientID
        kind = receiver.kind.rawValue
        status = receiver.status.rawValue
        statusReason = receiver.statusReason
        pending = backlog.endings
        oldestPendingAt = backlog.oldest?.text
        delivered = progress.delivered
        givenUp = progress.givenUp
        failures = progress.failures
        retryAt = progress.failures > 0 ? progress.retryAt?.text : nil
        lastDeliveredAt = progress.lastDeliveredAt?.text
        lastFailureAt = progress.lastFailureAt?.text
        lastFailure = progress.lastFailure
    }
}
