/// Time, chance, and what the auditor is told from outside.
package struct Surroundings: Sendable {
    /// How long it has been since some moment; never goes back.
    package var elapsed: @Sendable () -> Duration
    /// Seconds since 1970.
    package var now: @Sendable () -> Int64
    package var sleep: @Sendable (Duration) async throws -> Void
    package var randomBytes: @Sendable (Int) -> [UInt8]
    /// Runs a program of the user's.
    package var run: ProgramRun

    package init(
        elapsed: @escaping @Sendable () -> Duration, now: @escaping @Sendable () -> Int64,
        sleep: @escaping @Sendable (Duration) async throws -> Void, randomBytes: @escaping @Sendable (Int) -> [UInt8],
        run: @escaping ProgramRun = { _, _ throws(ProgramFailure) in throw ProgramFailure("no program may be run here")
        }
    ) {
        self.elapsed = elapsed
        self.now = now
        self.sleep = sleep
        self.randomBytes = randomBytes
        self.run = run
    }

    /// A value that nobody has seen before, of so many hexadecimal digits.
    func hex(_ digits: Int) -> String {
        let bytes = randomBytes((digits + 1) / 2)
        let text = bytes.map { byte in
            let hex = String(byte, radix: 16)
            return hex.count == 1 ? "0" + hex : hex
        }.joined()
        return String(text.prefix(digits))
    }
}
