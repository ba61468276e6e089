internal import Exeunt
internal import RedisDenylist
internal import RedisLink

extension Doctor {
    /// Whether the mirror can do what it is for, and how far it is; nothing where there is none.
    func checkRedis(with store: any Store) async -> [Finding] {
        guard let terms = settings.redis else { return [] }
        let found: MirrorDiagnosis
        do throws(RedisFailure) {
            found = try await MirrorDiagnosis.of(terms, now: environment.now)
        } catch {
            return [.problem("redis", "\(terms.address): \(error)")]
        }
        guard found.isNewEnough else {
            return [.problem("redis", "\(terms.address) is Redis \(found.version); it takes 7.0 or newer")]
        }
        var findings = [await progress(found, terms, store)]
        if let policy = found.evicts {
            findings.append(
                .problem(
                    "redis",
                    "maxmemory-policy is \(policy): on a full memory revocations are thrown away; set it to noeviction")
            )
        }
        if abs(found.clockAheadMilliseconds) > MirrorLimits.clockMilliseconds {
            let way = found.clockAheadMilliseconds > 0 ? "ahead" : "behind"
            findings.append(
                .problem(
                    "redis",
                    "its clock is \(abs(found.clockAheadMilliseconds)) ms \(way), so nobody vouches for it; set the clocks"
                ))
        }
        return findings
    }

    private func progress(_ found: MirrorDiagnosis, _ terms: RedisTerms, _ store: any Store) async -> Finding {
        do {
            let head = try await store.head()
            let seq = found.seq ?? 0
            let place = "\(terms.address) is at \(seq) of \(head)"
            if found.isVouchedFor { return .ok("redis", place + ", and vouched for") }
            return .warning("redis", place + ", and nobody vouches for it, so its checkers refuse everything")
        } catch {
            return .problem("redis", CommandFailure(error).message)
        }
    }
}
