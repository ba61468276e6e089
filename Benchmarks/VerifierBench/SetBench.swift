import Foundation
import Settlement

/// Memory and time of the set of revocations, beside a Swift set that knows the same identifiers and not when to forget them.
struct SetBench: Encodable {
    struct Size: Encodable {
        var count: Int
        var bytes: Double
        var lookupNs: [Double]
        var insertNs: Double
        var swiftSetBytes: Double
        var swiftSetLookupNs: [Double]
        var swiftSetInsertNs: Double
    }

    /// What one set takes, measured in a process that has never held another.
    struct One: Codable {
        var bytes: Double
        var lookupNs: [Double]
        var insertNs: Double
    }

    var sets: [Size]

    private static let counts = [10_000, 1_000_000, 10_000_000]
    private static let lookups = 1_000_000
    private static let rounds = 5

    static func run() throws -> SetBench {
        SetBench(
            sets: try counts.map { count in
                let ours = try inOwnProcess("revocations", count)
                let theirs = try inOwnProcess("swift", count)
                return Size(
                    count: count, bytes: ours.bytes, lookupNs: ours.lookupNs, insertNs: ours.insertNs,
                    swiftSetBytes: theirs.bytes, swiftSetLookupNs: theirs.lookupNs, swiftSetInsertNs: theirs.insertNs)
            })
    }

    private static func inOwnProcess(_ kind: String, _ count: Int) throws -> One {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
        process.arguments = ["one-set", kind, String(count)]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(One.self, from: data)
    }

    struct Unknown: Error {}

    static func runOne(_ arguments: [String]) throws -> One {
        guard arguments.count == 4, let count = Int(arguments[3]) else { throw Unknown() }
        // Of small sets many, so that what the process has besides is nothing beside them.
        let copies = max(1, 1_000_000 / count)
        return switch arguments[2] {
        case "revocations":
            try measure(count, copies, RevocationSet()) { set, number in
                set.insert(
                    Revocation(
                        seq: UInt64(number), target: .session(name(of: number)),
                        until: 1_800_000_000_000 + Int64(number % 960) * 1000))
            } contains: { set, number in
                set.isOver(
                    TokenClaims(
                        token: Identifier(high: 0, low: 0), session: name(of: number), subject: "user", version: 1,
                        epoch: 1))
            }
        case "swift":
            try measure(count, copies, Set<Identifier>()) { set, number in
                set.insert(name(of: number))
            } contains: { set, number in
                set.contains(name(of: number))
            }
        default: throw Unknown()
        }
    }

    /// The name with a number: as good as random, and not to be remembered (SplitMix64).
    private static func name(of number: Int) -> Identifier {
        func mix(_ value: UInt64) -> UInt64 {
            var z = value &* 0x9E37_79B9_7F4A_7C15
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return z ^ z >> 31
        }
        return Identifier(high: mix(UInt64(number) * 2 + 1), low: mix(UInt64(number) * 2 + 2))
    }

    private static func measure<Held>(
        _ count: Int, _ copies: Int, _ empty: Held, insert: (inout Held, Int) -> Void, contains: (Held, Int) -> Bool
    ) throws -> One {
        let before = try residentBytes()
        var sets = Array(repeating: empty, count: copies)
        let inserting = nanoseconds(count * copies) {
            for copy in sets.indices {
                for number in 0..<count { insert(&sets[copy], number) }
            }
        }
        let bytes = Double(try residentBytes() - before) / Double(count * copies)
        let held = sets[0]
        var found = 0
        // Half of those asked for are there.
        let looking = (0..<rounds).map { round in
            nanoseconds(lookups) {
                for turn in 0..<lookups {
                    let number = (turn &* 7_919 &+ round &* 104_729) % (2 * count)
                    found += contains(held, number) ? 1 : 0
                }
            }
        }
        guard abs(found - rounds * lookups / 2) < rounds * lookups / 10 else { throw Unknown() }
        return One(bytes: bytes, lookupNs: looking, insertNs: inserting)
    }

    /// Bytes of this process in memory (VmRSS).
    private static func residentBytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
            let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
        else { throw Unknown() }
        return kibibytes * 1024
    }
}
