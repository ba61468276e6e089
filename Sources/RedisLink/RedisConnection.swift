internal import CHiredis
internal import Foundation

/// One connection to a Redis, over hiredis: it blocks, so it belongs to a thread that may wait (``RedisThread``).
///
/// After a failure that is not `refused` it is of no more use.
package final class RedisConnection {
    private let context: UnsafeMutablePointer<redisContext>

    /// Connects, signs in and picks the database; each command may take so long at the most.
    package init(_ address: RedisAddress, commandMilliseconds: Int) throws(RedisFailure) {
        let patience = Self.time(RedisLimits.connectMilliseconds)
        let made =
            switch address.place {
            case .network(let host, let port): redisConnectWithTimeout(host, port, patience)
            case .socket(let path): redisConnectUnixWithTimeout(path, patience)
            }
        guard let made else { throw .unreachable("no memory") }
        context = made
        if made.pointee.err != 0 { throw Self.failure(made) }
        guard redisSetTimeout(made, Self.time(commandMilliseconds)) == REDIS_OK else { throw Self.failure(made) }
        // A host that has vanished is to be noticed; of a socket it would be an error.
        if case .network = address.place, redisEnableKeepAlive(made) != REDIS_OK { throw Self.failure(made) }
        if let password = address.password {
            try expect(["AUTH"] + [address.user, password].compactMap(\.self))
        }
        if address.database != 0 { try expect(["SELECT", String(address.database)]) }
    }

    deinit { redisFree(context) }

    /// Sends a command and waits for its reply; an error of Redis' is thrown as `refused`.
    @discardableResult
    package func command(_ arguments: [String]) throws(RedisFailure) -> RedisReply {
        let reply = try BrokenPipe.isNoSignal { () throws(RedisFailure) in
            try append(arguments)
            return try nextReply()
        }
        if case .refusal(let why) = reply { throw .refused(why) }
        return reply
    }

    /// Sends several commands in one go and waits for all replies; an error of Redis' is one of them.
    package func pipeline(_ commands: [[String]]) throws(RedisFailure) -> [RedisReply] {
        try BrokenPipe.isNoSignal { () throws(RedisFailure) in
            for command in commands { try append(command) }
            var replies: [RedisReply] = []
            replies.reserveCapacity(commands.count)
            for _ in commands { replies.append(try nextReply()) }
            return replies
        }
    }

    private func expect(_ arguments: [String]) throws(RedisFailure) {
        do throws(RedisFailure) {
            try command(arguments)
        } catch .refused(let why) {
            // Redis repeats no password in its errors.
            throw .refused("\(arguments[0]): \(why)")
        }
    }

    private func append(_ arguments: [String]) throws(RedisFailure) {
        var bytes: [CChar] = []
        var (starts, lengths): ([Int], [Int]) = ([], [])
        for argument in arguments {
            starts.append(bytes.count)
            bytes.append(contentsOf: argument.utf8.lazy.map { CChar(bitPattern: $0) })
            lengths.append(bytes.count - (starts.last ?? 0))
        }
        // So that even an empty text has an address.
        bytes.append(0)
        let status = bytes.withUnsafeBufferPointer { bytes in
            var pointers = starts.map { start in bytes.baseAddress.map { $0 + start } }
            return redisAppendCommandArgv(context, Int32(arguments.count), &pointers, lengths)
        }
        guard status == REDIS_OK else { throw Self.failure(context) }
    }

    private func nextReply() throws(RedisFailure) -> RedisReply {
        var reply: UnsafeMutableRawPointer?
        guard redisGetReply(context, &reply) == REDIS_OK, let reply else { throw Self.failure(context) }
        defer { freeReplyObject(reply) }
        return RedisReply(reply.assumingMemoryBound(to: redisReply.self).pointee)
    }

    private static func failure(_ context: UnsafeMutablePointer<redisContext>) -> RedisFailure {
        if context.pointee.err == REDIS_ERR_IO, errno == EAGAIN { return .unreachable("it does not answer in time") }
        let text = withUnsafeBytes(of: &context.pointee.errstr) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        return .unreachable(text.isEmpty ? "the connection broke" : text)
    }

    private static func time(_ milliseconds: Int) -> timeval {
        timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
    }
}
