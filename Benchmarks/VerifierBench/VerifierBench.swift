import Foundation

/// What a check costs in a verifier, and what the set of revocations takes: in this very process, on one thread.
///
/// `VerifierBench check` needs a running authority (`ISSUER`, `CLIENT_ID`, `CLIENT_SECRET`; with `REDIS_PORT` it also asks a
/// Redis), `VerifierBench redis` one that mirrors into a Redis, `VerifierBench set` nothing. Each prints one line of JSON.
@main
struct VerifierBench {
    static func main() async {
        do {
            switch CommandLine.arguments.dropFirst().first {
            case "check": try Self.print(try await CheckBench.run(ProcessInfo.processInfo.environment))
            case "redis": try Self.print(try await RedisBench.run(ProcessInfo.processInfo.environment))
            case "set": try Self.print(try SetBench.run())
            case "one-set": try Self.print(try SetBench.runOne(CommandLine.arguments))
            default: throw Usage.unknown
            }
        } catch {
            FileHandle.standardError.write(Data("VerifierBench: \(error)\n".utf8))
            exit(2)
        }
    }

    private enum Usage: Error { case unknown }

    private static func print(_ result: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        FileHandle.standardOutput.write(try encoder.encode(result) + Data("\n".utf8))
    }
}

/// Nanoseconds that one of `count` calls takes.
func nanoseconds(_ count: Int, _ work: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    return try clock.measure(work) / .nanoseconds(1) / Double(count)
}
