internal import Exeunt
internal import RedisLink
internal import Settlement

/// The mirror's way to Redis: connects when needed, and hands batches to the script.
struct MirrorLink: Sendable {
    private let thread: RedisThread
    private let keys: DenylistKeys

    init(_ address: RedisAddress, keys: DenylistKeys) {
        self.keys = keys
        thread = RedisThread(
            address, commandMilliseconds: MirrorLimits.commandMilliseconds, name: "exeunt.redis.mirror")
    }

    /// Where Redis is in the log, and whether it may throw records away when its memory is full.
    func look() async throws(RedisFailure) -> (cursor: MirrorCursor?, evicts: String?) {
        try await thread.run { [keys] connection, _ throws(RedisFailure) in
            let cursor = try DeliveryScript.cursor(try connection.command(["HMGET", keys.head, "seq", "mark"]))
            let memory = try connection.command(["INFO", "memory"]).text ?? ""
            return (cursor, EvictionPolicy.evicting(inInfo: memory))
        }
    }

    /// Hands over a batch; the mirror is vouched for until then, if it reaches the head.
    func deliver(
        _ batch: MirrorBatch, keysVersion: String, vouchedUntil: Timestamp, now: @escaping @Sendable () -> Timestamp
    ) async throws(RedisFailure) -> DeliveryScript.Answer {
        try await thread.run { [keys] connection, isNew throws(RedisFailure) in
            // Whoever has not looked at where this Redis is does not know it.
            if isNew { throw .unreachable("the connection was new") }
            let sentAt = now()
            let arguments = DeliveryScript.arguments(
                batch, keys: keys, keysVersion: keysVersion, sentAt: sentAt, vouchedUntil: vouchedUntil)
            let reply: RedisReply
            do throws(RedisFailure) {
                reply = try connection.command(["EVALSHA", DeliveryScript.digest] + arguments)
            } catch .refused(let why) where why.hasPrefix("NOSCRIPT") {
                reply = try connection.command(["EVAL", DeliveryScript.text] + arguments)
            }
            return try DeliveryScript.answer(reply, sentAt: sentAt)
        }
    }

    func disconnect() { thread.disconnect() }
}
