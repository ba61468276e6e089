/// Every cap of the checks in Redis, with its unit and its reason.
package enum RedisCheckLimits {
    /// Checks that wait for Redis; beyond it a request is told to come back.
    package static let waiting = 10_000
    /// Checks that share a round trip: the requests and the replies of more would fill the sockets' buffers.
    package static let perRoundTrip = 256
    /// How long after a failure Redis is not tried again, in milliseconds: what comes meanwhile is refused at once.
    package static let restMilliseconds: Int64 = 100
    /// What a request that cannot be judged is told to wait for.
    package static let retryAfter: Duration = .seconds(1)
    /// The shortest and the longest patience with Redis.
    package static let patience: ClosedRange<Duration> = .milliseconds(10) ... .seconds(10)
}
