package import Exeunt
package import RedisLink

/// What a Redis says of itself and of its mirror, to somebody who only looks.
package struct MirrorDiagnosis: Hashable, Sendable {
    /// How far the log is there; nil when it knows of none.
    package var seq: UInt64?
    /// Whether somebody vouches for this very run of it.
    package var isVouchedFor: Bool
    /// The policy by which it may throw records away; nil when it does not.
    package var evicts: String?
    package var version: String
    /// How far its clock is ahead of this machine's, in milliseconds.
    package var clockAheadMilliseconds: Int64

    /// Asks a Redis, on a thread that may wait.
    package static func of(
        _ terms: RedisTerms, now: @escaping @Sendable () -> Timestamp
    ) async throws(RedisFailure) -> MirrorDiagnosis {
        let thread = RedisThread(
            terms.address, commandMilliseconds: MirrorLimits.commandMilliseconds, name: "exeunt.redis.doctor")
        return try await thread.run { connection, _ throws(RedisFailure) in
            let time = try connection.command(["TIME"]).list?.compactMap { $0.text.flatMap { Int64($0) } } ?? []
            let ours = now().milliseconds
            guard time.count == 2 else { throw .notUnderstood }
            let cursor = try DeliveryScript.cursor(try connection.command(["HMGET", terms.keys.head, "seq", "mark"]))
            let run = try RedisRun.name(connection)
            let server = try connection.command(["INFO", "server"]).text ?? ""
            return MirrorDiagnosis(
                seq: cursor?.seq, isVouchedFor: try connection.command(["GET", terms.keys.live]).text == run,
                evicts: EvictionPolicy.evicting(inInfo: try connection.command(["INFO", "memory"]).text ?? ""),
                version: server.split(whereSeparator: \.isNewline).first { $0.hasPrefix("redis_version:") }
                    .map { String($0.dropFirst(14)) } ?? "",
                clockAheadMilliseconds: time[0] * 1000 + time[1] / 1000 - ours)
        }
    }

    /// Whether it has the commands that the mirror needs: those of 7.0.
    package var isNewEnough: Bool { (version.split(separator: ".").first.flatMap { Int($0) } ?? 0) >= 7 }
}
