package import RedisLink

/// What an operator decides about the mirror.
package struct RedisTerms: Sendable {
    package var address: RedisAddress
    package var keys: DenylistKeys
    /// For how long the mirror is vouched for at a time.
    package var lease: Duration

    package init(address: RedisAddress, keys: DenylistKeys, lease: Duration) {
        self.address = address
        self.keys = keys
        self.lease = lease
    }

    /// How much longer a lease may last than it should: by as much as Redis' clock may be behind.
    var margin: Duration { .milliseconds(MirrorLimits.clockMilliseconds) }
}
