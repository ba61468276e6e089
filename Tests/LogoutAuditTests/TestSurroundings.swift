import Synchronization

@testable import LogoutAudit

extension Surroundings {
    /// A clock that moves when somebody sleeps, and chance that is the same every time.
    static func test() -> Surroundings {
        let elapsed = Mutex(Duration.zero)
        let seed = Mutex(UInt64(0x9E37_79B9_7F4A_7C15))
        return Surroundings(
            elapsed: { elapsed.withLock { $0 } }, now: { 1_800_000_000 },
            sleep: { pause in elapsed.withLock { $0 += pause } },
            randomBytes: { count in
                seed.withLock { state in
                    (0..<count).map { _ in
                        state ^= state << 13
                        state ^= state >> 7
                        state ^= state << 17
                        return UInt8(truncatingIfNeeded: state >> 24) % 150
                    }
                }
            })
    }
}
