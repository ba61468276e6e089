internal import Settlement
internal import Synchronization

/// The status lists, made anew as often as somebody asks, but not more often than once in ``Limits/statusListGrain``.
///
/// They are weaker than following the log: whoever keeps a list goes on for its `ttl` with what has ended since, and nobody is
/// waited for.
package final class StatusLists: Sendable {
    /// A list as it is handed out.
    package struct Token: Hashable, Sendable {
        package var text: String
        /// Changes with the text.
        package var tag: String
    }

    private struct Made: Sendable {
        var token: Token
        var list: StatusList
        var at: Timestamp
        /// When it was last seen to be right.
        var lookedAt: Moment
    }

    private let authority: Authority
    private let made = Mutex<[UInt64: Made]>([:])

    package init(_ authority: Authority) { self.authority = authority }

    /// The list of a number; nil for one that there can be none of.
    package func token(_ number: UInt64) async throws(AuthorityError) -> Token? {
        guard let range = StatusList.range(of: number) else { return nil }
        let (now, moment) = (authority.environment.now(), authority.environment.moment())
        let known = made.withLock { $0[number] }
        if let known, moment - known.lookedAt < Limits.statusListGrain.milliseconds { return known.token }
        let list = try await list(range, at: now)
        // The same bits are not signed again before whoever has them is to ask again.
        if var known, known.list == list, now.since(known.at) < Limits.statusListLife / 2 {
            known.lookedAt = moment
            keep(known, as: number)
            return known.token
        }
        let token = try await make(list, number: number, at: now)
        keep(Made(token: token, list: list, at: now, lookedAt: moment), as: number)
        return token
    }

    private func list(_ range: Range<UInt64>, at now: Timestamp) async throws(AuthorityError) -> StatusList {
        var list = StatusList()
        // Before that, no access token can be left that is not over by itself.
        let since = now + (.zero - Limits.longestAccessToken - Limits.clockSkew)
        for index in try await authority.store.endedStatusIndices(in: range, since: since) where range.contains(index) {
            list.set(Int(index - range.lowerBound))
        }
        return list
    }

    private func make(_ list: StatusList, number: UInt64, at now: Timestamp) async throws(AuthorityError) -> Token {
        let end = now + Limits.statusListLife
        let payload = StatusListPayload(
            sub: authority.statusListAddress(number), iat: now.seconds, exp: end.seconds,
            ttl: Limits.statusListTTL.components.seconds,
            statusList: .init(lst: Base64URL.encode(try list.compressed())))
        let text = try await authority.signingKeys.sign(payload, at: now, until: end + Limits.clockSkew)
        return Token(text: text, tag: "\"\(Base64URL.encode(SecretHash(of: text.utf8).bytes.prefix(12)))\"")
    }

    private func keep(_ new: Made, as number: UInt64) {
        made.withLock { made in
            if made[number] == nil, made.count >= Limits.statusListsAtHand,
                let oldest = made.min(by: { $0.value.lookedAt < $1.value.lookedAt })?.key
            {
                made[oldest] = nil
            }
            made[number] = new
        }
    }
}

extension Authority {
    func statusListAddress(_ number: UInt64) -> String { "\(policy.issuer)/status-lists/\(number)" }
}
