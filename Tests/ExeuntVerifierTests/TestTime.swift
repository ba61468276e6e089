import ExeuntVerifier
import Settlement
import Synchronization

/// Clocks that stand still until a test moves them.
final class TestTime: Sendable {
    static let start: Int64 = 1_800_000_000_000

    private let reading: Mutex<ClockReading>
    private let random = Mutex(UInt64(1))

    /// Clocks that say this.
    init(_ begin: ClockReading = ClockReading(moment: Moment(milliseconds: 50_000), wall: start)) {
        reading = Mutex(begin)
    }

    var now: ClockReading { reading.withLock { $0 } }

    /// Both clocks go on together.
    func pass(_ milliseconds: Int64) {
        reading.withLock {
            $0.moment = $0.moment + milliseconds
            $0.wall += milliseconds
        }
    }

    /// Somebody sets the wall clock, or the machine slept and only that one went on.
    func setWall(by milliseconds: Int64) { reading.withLock { $0.wall += milliseconds } }

    /// These clocks, with pauses that are real and chance that is not (Steele, Lea and Flood, 2014).
    var environment: VerifierEnvironment {
        VerifierEnvironment(
            reading: { self.now }, clock: ContinuousClock(),
            random: {
                self.random.withLock { state in
                    state &+= 0x9E37_79B9_7F4A_7C15
                    var mixed = state
                    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
                    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
                    return mixed ^ mixed >> 31
                }
            })
    }
}
