internal import Exeunt
internal import RedisLink
internal import Settlement

/// What is done in Redis in one step, with nobody in between: bring it from one place of the log to another, and vouch for it.
enum DeliveryScript {
    /// What it answers.
    enum Answer: Hashable, Sendable {
        case applied
        /// The clocks of Redis and of this machine are too far apart; by so many milliseconds is Redis' ahead.
        case clockIsOff(Int64)
        /// Nobody has vouched for this run of Redis without a break, so it has to be filled from the beginning.
        case hasLapsed
        /// Redis is at another place of the log than the batch begins at; nil when it knows of none.
        case isElsewhere(MirrorCursor?)
    }

    /// The arguments of `EVAL` and `EVALSHA` after the script itself.
    ///
    /// The keys are all named, so that a cluster allows it.
    static func arguments(
        _ batch: MirrorBatch, keys: DenylistKeys, keysVersion: String, sentAt: Timestamp, vouchedUntil: Timestamp
    ) -> [String] {
        var names = [keys.head, keys.live, keys.filling, keys.keysVersion]
        var values = [
            "\(batch.after.seq)", batch.after.mark, "\(batch.through.seq)", batch.through.mark,
            "\(sentAt.milliseconds)", "\(MirrorLimits.clockMilliseconds)", "\(MirrorLimits.fillingMilliseconds)",
            batch.reachesHead ? "\(vouchedUntil.milliseconds)" : "", keysVersion,
        ]
        for record in batch.records {
            switch record.target {
            case .token(let id):
                names.append(keys.token(id))
                values += ["id", "", ""]
            case .session(let id):
                names.append(keys.session(id))
                values += ["id", "", ""]
            case .subject(let name, let version, let except):
                names.append(keys.subject(name))
                values += ["subject", "\(version)", except.map(\.description) ?? ""]
            case .all(let epoch):
                names.append(keys.all)
                values += ["all", "\(epoch)", ""]
            }
            values.append("\(record.until)")
        }
        return ["\(names.count)"] + names + values
    }

    /// Reads what the script has answered to a batch that was sent at that moment.
    static func answer(_ reply: RedisReply, sentAt: Timestamp) throws(RedisFailure) -> Answer {
        guard let parts = reply.list?.map({ $0.text ?? "" }), parts.count == 4 else { throw .notUnderstood }
        switch parts[0] {
        case "applied": return .applied
        case "lapsed": return .hasLapsed
        case "clock":
            guard let now = Int64(parts[3]) else { throw .notUnderstood }
            return .clockIsOff(now - sentAt.milliseconds)
        case "elsewhere": return .isElsewhere(UInt64(parts[1]).map { MirrorCursor(seq: $0, mark: parts[2]) })
        default: throw .notUnderstood
        }
    }

    /// Reads `HMGET head seq mark`.
    static func cursor(_ reply: RedisReply) throws(RedisFailure) -> MirrorCursor? {
        guard let parts = reply.list, parts.count == 2 else { throw .notUnderstood }
        guard let seq = parts[0].text.flatMap({ UInt64($0) }) else { return nil }
        return MirrorCursor(seq: seq, mark: parts[1].text ?? "")
    }

    /// Versions are compared as texts of digits, because a number of Lua is exact to 2^53 only.
    static let text = """
        local head, live, filling, version = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
        local after, after_mark, through, through_mark = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
        local sent, tolerance, filling_ms, vouched = tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7], ARGV[8]
        local at = redis.call('HMGET', head, 'seq', 'mark')
        local time = redis.call('TIME')
        local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
        local function answer(word) return {word, at[1] or '', at[2] or '', string.format('%.0f', now)} end

        if math.abs(now - sent) > tolerance then return answer('clock') end
        local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
        local is_vouched = redis.call('GET', live) == run
        if after ~= '0' then
            if not is_vouched and redis.call('GET', filling) ~= run then return answer('lapsed') end
            if at[1] ~= after or at[2] ~= after_mark then return answer('elsewhere') end
        end

        local function is_less(a, b) return #a < #b or (#a == #b and a < b) end
        for i = 5, #KEYS do
            local key, first = KEYS[i], 10 + (i - 5) * 4
            local kind, number, except, till = ARGV[first], ARGV[first + 1], ARGV[first + 2], ARGV[first + 3]
            if tonumber(till) > now then
                local held = redis.call('GET', key)
                local value = number
                if kind == 'id' then value = '1' elseif except ~= '' then value = number .. ' ' .. except end
                if not held then
                    redis.call('SET', key, value, 'PXAT', till)
                elseif kind == 'id' then
                    redis.call('PEXPIREAT', key, till, 'GT')
                elseif is_less(string.match(held, '^%d+') or '', number) then
                    redis.call('SET', key, value, 'KEEPTTL')
                    redis.call('PEXPIREAT', key, till, 'GT')
                elseif kind == 'all' then
                    redis.call('PEXPIREAT', key, till, 'GT')
                end
            end
        end

        redis.call('HSET', head, 'seq', through, 'mark', through_mark)
        if vouched == '' then
            redis.call('SET', filling, run, 'PX', filling_ms)
        elseif tonumber(vouched) > now then
            redis.call('SET', version, ARGV[9], 'PXAT', vouched)
            if is_vouched then
                redis.call('PEXPIREAT', live, vouched, 'GT')
                redis.call('PEXPIREAT', version, redis.call('PEXPIRETIME', live))
            else
                redis.call('SET', live, run, 'PXAT', vouched)
            end
            redis.call('DEL', filling)
        end
        return answer('applied')
        """
}
