internal import RedisDenylist
internal import RedisLink

extension Settings {
    /// Where the log is mirrored to and how, if it is.
    var redis: RedisTerms? {
        guard let address = optionalText(.redisURL).flatMap({ try? RedisAddress($0) }),
            let keys = DenylistKeys(prefix: text(.redisPrefix))
        else { return nil }
        return RedisTerms(address: address, keys: keys, lease: .milliseconds(integer(.redisLease)))
    }
}
