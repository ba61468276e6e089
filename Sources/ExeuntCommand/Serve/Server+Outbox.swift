internal import Exeunt
internal import ExeuntHTTP
internal import Settlement

extension Server {
    func observe(_ dispatcher: OutboxDispatcher, in metrics: PrometheusRegistry) {
        metrics.observe(
            "exeunt_deliveries_pending",
            as: "Endings that receivers are still to be told of, at the most; 0 where another server does it."
        ) {
            Double(dispatcher.standing.pending)
        }
        metrics.observe("exeunt_deliveries_under_way", as: "Requests to receivers that are under way.") {
            Double(dispatcher.standing.underWay)
        }
        metrics.observe(
            "exeunt_deliveries_oldest_pending_seconds",
            as: "Age of the oldest ending that a receiver is still to be told of."
        ) {
            guard let oldest = dispatcher.standing.oldestPending else { return 0 }
            return Double(SystemEnvironment.live.now().since(oldest).milliseconds) / 1000
        }
        metrics.observe("exeunt_receivers_failing", as: "Receivers that have failed and are tried again.") {
            Double(dispatcher.standing.failingReceivers)
        }
        metrics.observe("exeunt_deliveries_total", as: "Endings that receivers have been told of.") {
            Double(dispatcher.counts.delivered)
        }
        metrics.observe("exeunt_deliveries_given_up_total", as: "Endings that were given up for a receiver.") {
            Double(dispatcher.counts.givenUp)
        }
    }
}
