internal import Exeunt
internal import ExeuntHTTP
internal import RedisDenylist

extension Server {
    /// The mirror of an authority's log in Redis, if there is to be one.
    func mirror(of authority: Authority) -> RedisDenylist? {
        guard let terms = settings.redis else { return nil }
        let signingKeys = authority.signingKeys
        return RedisDenylist(
            terms, log: StoredLog(store: authority.store), environment: authority.environment, clock: ContinuousClock(),
            keysVersion: { signingKeys.version }, logger: logger)
    }

    func observe(_ mirror: RedisDenylist, in metrics: PrometheusRegistry) {
        metrics.observe("exeunt_redis_connected", as: "Whether the mirror in Redis can be kept up to date.") {
            mirror.status.isConnected ? 1 : 0
        }
        metrics.observe("exeunt_redis_lag_records", as: "Revocations that the mirror in Redis lacks.") {
            Double(mirror.status.lag)
        }
        metrics.observe("exeunt_redis_delivered_total", as: "Revocations handed over to the mirror in Redis.") {
            Double(mirror.status.deliveredRecords)
        }
    }
}
