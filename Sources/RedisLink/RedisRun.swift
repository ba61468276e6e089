/// The name of one run of a Redis: a restart has another one, and so has a replica that takes its place.
package enum RedisRun {
    /// The run that a connection leads to.
    package static func name(_ connection: RedisConnection) throws(RedisFailure) -> String {
        guard let name = Self.name(inInfo: try connection.command(["INFO", "server"]).text ?? "") else {
            throw .notUnderstood
        }
        return name
    }

    /// The value of `run_id` in what `INFO` answers.
    static func name(inInfo text: String) -> String? {
        text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("run_id:") }.map { String($0.dropFirst(7)) }
    }
}
