/// Why a Redis did not do what it was asked.
package enum RedisFailure: Error, Hashable, Sendable {
    /// No connection, or none any more; whether the last command was carried out is not known.
    case unreachable(String)
    /// It answered with an error; the text is Redis' own.
    case refused(String)
    /// It answered something else than it should.
    case notUnderstood
}

extension RedisFailure: CustomStringConvertible {
    /// What to write into a log.
    package var description: String {
        switch self {
        case .unreachable(let why): "Redis cannot be reached: \(why)"
        case .refused(let why): "Redis refuses: \(why)"
        case .notUnderstood: "Redis answered something that is not understood"
        }
    }
}
