/// Every cap of a connection to Redis, with its unit and its reason.
package enum RedisLimits {
    /// Bytes of a socket's path (`sun_path` less its end, unix(7)).
    package static let socketPathBytes = 107
    /// Databases of one Redis: as many as anybody sets up.
    package static let databases = 1024
    /// How long connecting may take.
    package static let connectMilliseconds = 1000
    /// Bytes of the first part of a key: it is repeated in every one.
    package static let prefixBytes = 64
}
