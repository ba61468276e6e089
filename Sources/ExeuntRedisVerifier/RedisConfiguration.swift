internal import RedisLink

/// Where the mirror is, and what is done when it says nothing.
public struct RedisConfiguration: Sendable {
    /// What is done with a token when Redis does not answer, or nobody vouches for it.
    public enum LapsePolicy: Sendable, Hashable {
        /// It is refused, and the caller told to come back.
        case refuse
        /// The authority is asked about that one token; the client needs the scope `introspect`.
        case introspect
    }

    /// `redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]` or `unix://[USER:PASSWORD@]/PATH[?db=DATABASE]`: the primary, never a replica.
    public var url: String
    /// What the keys begin with: the authority's `redis.prefix`.
    public var prefix = "exeunt"
    /// How long an answer of Redis may take.
    public var patience: Duration = .milliseconds(500)
    /// What is done without one.
    public var onLapse = LapsePolicy.refuse

    /// A mirror with the usual prefix, without which everything is refused.
    public init(url: String) { self.url = url }
}

extension RedisConfiguration: CustomStringConvertible, CustomReflectable {
    /// Where it is, without the password.
    public var description: String { (try? RedisAddress(url)).map { "\($0), \(prefix)" } ?? "no address of a Redis" }

    /// Empty, so that a dump does not show the password either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
