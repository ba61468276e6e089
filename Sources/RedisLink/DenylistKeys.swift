package import Settlement

/// The names of the mirror's keys in Redis, layout 1 (docs/redis.md).
///
/// What stands in the braces decides where a key lives in a cluster, so all of them live in one place, as a script needs it.
package struct DenylistKeys: Hashable, Sendable {
    /// The number of the layout: a program that does not know it must not guess.
    package static let layout = 1

    private let tag: String

    /// The names that begin with a prefix; nil for a prefix that is empty, too long or has other characters than letters, digits,
    /// `.`, `_`, `-` and `:`.
    package init?(prefix: String) {
        guard Self.isPrefix(prefix) else { return nil }
        tag = "{\(prefix):\(Self.layout)}:"
    }

    /// Whether names may begin with it.
    package static func isPrefix(_ text: String) -> Bool {
        (1...RedisLimits.prefixBytes).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
                    UInt8(ascii: ":"):
                    true
                default: false
                }
            }
    }

    /// A hash with `seq` and `mark`: how far the log is here.
    package var head: String { tag + "head" }
    /// Which run of Redis is vouched for, for as long as it is.
    package var live: String { tag + "live" }
    /// Which run of Redis is being filled from the beginning of the log, for as long as that goes on.
    package var filling: String { tag + "filling" }
    /// The version of the keys that sign tokens.
    package var keysVersion: String { tag + "keys" }
    /// The epoch below which every token is over.
    package var all: String { tag + "all" }

    package func token(_ id: Identifier) -> String { "\(tag)token:\(id)" }
    package func session(_ id: Identifier) -> String { "\(tag)session:\(id)" }
    package func subject(_ name: String) -> String { "\(tag)subject:\(name)" }

    /// What a check reads at once: see ``DenylistAnswer``.
    package func check(_ claims: TokenClaims) -> [String] {
        [
            "MGET", live, keysVersion, all, subject(claims.subject), session(claims.session), token(claims.token),
        ]
    }
}
