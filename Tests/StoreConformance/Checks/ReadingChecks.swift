import Exeunt
import Settlement

/// Lists.
enum ReadingChecks {
    static let all = [paging, cursors]

    static let paging = StoreCheck(
        "the sessions of a subject are listed page by page, the newest first, each once",
        catches: [
            .init("repeats the last of a page on the next") { store in
                let lasts = Remembering<Session>()
                store.onList = { base, subject, after, limit, now throws(AuthorityError) in
                    var page = try await base.sessions(of: subject, after: after, limit: limit, at: now)
                    if let after, let last = lasts[SecretHash(of: Array(after.utf8))] {
                        page.sessions.insert(last, at: 0)
                    }
                    if let next = page.next { lasts[SecretHash(of: Array(next.utf8))] = page.sessions.last }
                    return page
                }
            },
            .init("lists the oldest first") { store in
                store.onList = { base, subject, after, limit, now throws(AuthorityError) in
                    var page = try await base.sessions(of: subject, after: after, limit: limit, at: now)
                    page.sessions.reverse()
                    return page
                }
            },
            .init("lists what is another's") { store in
                store.onList = { base, _, after, limit, now throws(AuthorityError) in
                    try await base.sessions(of: nil, after: after, limit: limit, at: now)
                }
            },
            .init("promises a page that is empty") { store in
                store.onList = { base, subject, after, limit, now throws(AuthorityError) in
                    var page = try await base.sessions(of: subject, after: after, limit: limit, at: now)
                    if page.next == nil, let first = page.sessions.first, after == nil {
                        page.next = try await base.sessions(of: subject, after: nil, limit: 1, at: now).next
                        page.sessions = [first]
                    }
                    return page
                }
            },
        ]
    ) { scenario in
        let subject = try scenario.subject()
        var opened: [Opened] = []
        for index in 0..<10 {
            let at = scenario.start + .seconds(index)
            opened.append(try await scenario.open(subject, at: at))
            _ = try await scenario.open(scenario.subject("grace"), at: at)
        }
        try await scenario.end(opened.remove(at: 4))
        let wanted = Array(opened.map(\.session).reversed())
        let now = scenario.start + .seconds(20)
        for limit in [1, 2, 3, 8, 9, 10, 1000] {
            let seen = try await scenario.sessions(of: subject, at: now, limit: limit)
            try expectEqual(seen, wanted, "the list in pages of \(limit)")
        }
        let exact = try await scenario.store.sessions(of: subject, after: nil, limit: 9, at: now)
        try expectEqual(exact.next, nil, "the page after the last")
        let everyone = try await scenario.sessions(of: nil, at: now, limit: 4)
        try expectEqual(everyone.count, 19, "everyone's sessions")

        // What ends while somebody turns the pages is not on the next, and nothing else is missing.
        let first = try await scenario.store.sessions(of: subject, after: nil, limit: 3, at: now)
        for index in [5, 6] { try await scenario.end(.session(wanted[index].id, owner: nil)) }
        try await scenario.end(.session(wanted[2].id, owner: nil))
        let rest = try await scenario.store.sessions(of: subject, after: first.next, limit: 100, at: now)
        try expectEqual(rest.sessions.map(\.id), [3, 4, 7, 8].map { wanted[$0].id }, "the page after some have ended")
    }

    static let cursors = StoreCheck(
        "a cursor that is none of ours is refused",
        catches: [
            .init("begins again") { store in
                store.onList = { base, subject, after, limit, now throws(AuthorityError) in
                    do {
                        return try await base.sessions(of: subject, after: after, limit: limit, at: now)
                    } catch {
                        return try await base.sessions(of: subject, after: nil, limit: limit, at: now)
                    }
                }
            }
        ]
    ) { scenario in
        _ = try await scenario.open(scenario.subject())
        for cursor in ["", "x", "1 OR 1=1", "-1", "日本", String(repeating: "A", count: 10_000)] {
            do {
                _ = try await scenario.store.sessions(of: nil, after: cursor, limit: 10, at: scenario.start)
                throw Broken(promise: "", detail: "the cursor \"\(cursor.prefix(20))\" was taken")
            } catch AuthorityError.invalidArgument {}
        }
    }
}
