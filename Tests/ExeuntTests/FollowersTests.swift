import Exeunt
import SQLiteStore
import Settlement
import Testing

@Suite("Those who follow the log")
struct FollowersTests {
    private static let client = "client_shop"
    private static let terms = LeaseTerms(standardMilliseconds: 3000, longestMilliseconds: 60_000)

    /// A verifier that does what it is told, and the authority that it follows.
    private struct Scene {
        let test: TestAuthority
        let followers: Followers
        let verifier = Identifier(high: 1, low: .random(in: 0 ... .max))

        init(_ test: TestAuthority, terms: LeaseTerms = FollowersTests.terms) async throws {
            self.test = test
            followers = try await Followers(
                store: test.store, terms: terms, environment: test.authority.environment, clock: ContinuousClock(),
                keysVersion: { "1" })
        }

        /// Asks for what comes after an answer, or for the first time, and does not wait.
        func poll(
            after last: FeedAnswer? = nil, lease: Int64? = nil, as verifier: Identifier? = nil,
            client: String = FollowersTests.client
        ) async throws -> FeedAnswer {
            try await followers.answer(
                FeedPoll(
                    follower: verifier ?? self.verifier, node: last?.node, after: last?.through ?? 0,
                    leaseMilliseconds: lease),
                of: client, wait: .zero)
        }

        /// Ends a session and says how far that has come, without waiting.
        func signOut() async throws -> Settling {
            let opened = try await test.open()
            let receipt = try await test.authority.waiting(.none).endSession(
                opened.session.id, owner: nil, because: .signedOut, by: .authority)
            let seq = try #require(receipt.seq)
            let settling = await followers.settle(seq, patience: .none)
            let log = try await test.store.log(after: followers.logEnd, limit: 100)
            followers.committed(log.map(\.revocation), through: seq)
            return settling
        }

        var isSettled: Bool {
            get async throws {
                guard case .settled = await followers.settle(try await test.store.head(), patience: .none) else {
                    return false
                }
                return true
            }
        }
    }

    @Test func `with nobody who follows, a sign-out is settled at once`() async throws {
        let scene = try await Scene(TestAuthority())
        #expect(try await scene.signOut() == .settled(afterMilliseconds: 0))
    }

    @Test func `a sign-out is settled when the verifier asks for what comes after it, and not before`() async throws {
        let scene = try await Scene(TestAuthority())
        let first = try await scene.poll()
        #expect(first.leaseMilliseconds == 3000)
        let now = scene.test.authority.environment.now()
        #expect(try await scene.signOut() == .pending(settlesBy: now + .milliseconds(3000 + Lease.margin(of: 3000))))
        let news = try await scene.poll(after: first)
        #expect(news.revocations.count == 1)
        #expect(try await !scene.isSettled)
        _ = try await scene.poll(after: news)
        #expect(try await scene.isSettled)
    }

    @Test func `a verifier that is never heard of again delays a sign-out by its lease and no more`() async throws {
        let scene = try await Scene(TestAuthority())
        _ = try await scene.poll(lease: 10_000)
        _ = try await scene.signOut()
        scene.test.wait(.milliseconds(10_000 + Lease.margin(of: 10_000) - 1))
        #expect(try await !scene.isSettled)
        scene.test.wait(.milliseconds(1))
        #expect(try await scene.isSettled)
    }

    @Test func `a verifier that hands its lease back delays nothing`() async throws {
        let scene = try await Scene(TestAuthority())
        _ = try await scene.poll()
        _ = try await scene.signOut()
        scene.followers.handBack(scene.verifier, of: "client_other")
        #expect(try await !scene.isSettled, "another client's word is none of its business")
        scene.followers.handBack(scene.verifier, of: Self.client)
        #expect(try await scene.isSettled)
    }

    @Test func `a lease is as long as was asked for, up to the operator's cap`() async throws {
        let scene = try await Scene(TestAuthority())
        #expect(try await scene.poll(lease: 500).leaseMilliseconds == 500)
        #expect(try await scene.poll(lease: 1 << 40).leaseMilliseconds == 60_000)
        let node = try #require(try await scene.test.store.nodes().first)
        #expect(node.leaseMilliseconds >= 60_000 + Lease.margin(of: 60_000), "a restart must know of it")
    }

    @Test func `after a restart nothing is settled before every lease of the process before has ended`() async throws {
        let test = try await TestAuthority()
        _ = try await Scene(test).poll(lease: 20_000)
        let short = LeaseTerms(standardMilliseconds: 1000, longestMilliseconds: 1000)
        let scene = try await Scene(test, terms: short)
        _ = try await scene.signOut()
        let lease = NodeState.length(for: 20_000)
        test.wait(.milliseconds(lease + Lease.margin(of: lease) - 1))
        #expect(try await !scene.isSettled)
        test.wait(.milliseconds(1))
        #expect(try await scene.isSettled)
    }

    @Test func `after a clean stop with nobody's lease outstanding a sign-out is settled at once`() async throws {
        let test = try await TestAuthority()
        let before = try await Scene(test)
        _ = try await before.poll(lease: 20_000)
        before.followers.handBack(before.verifier, of: Self.client)
        await before.followers.leave()
        #expect(try await Scene(test).signOut() == .settled(afterMilliseconds: 0))
    }

    @Test func `a verifier that followed the process before is told everything anew`() async throws {
        let test = try await TestAuthority()
        let before = try await Scene(test)
        _ = try await before.signOut()
        let last = try await before.poll()
        let scene = try await Scene(test)
        let news = try await scene.poll(after: last)
        #expect(news.after == 0)
        #expect(news.revocations == last.revocations)
        #expect(news.node != last.node)
    }

    @Test func `records that have outlived every token are told to nobody`() async throws {
        let scene = try await Scene(TestAuthority())
        _ = try await scene.signOut()
        scene.test.wait(.seconds(900 + 60))
        _ = try await scene.signOut()
        let news = try await Scene(scene.test).poll()
        #expect(news.revocations.map(\.seq) == [2])
        #expect(news.through == 2)
    }

    @Test func `a newcomer who has read of a commit before the followers were told is not taken back`() async throws {
        let test = try await TestAuthority()
        _ = try await Scene(test).signOut()
        let scene = try await Scene(test)
        let opened = try await test.open()
        _ = try await test.authority.endSession(opened.session.id, owner: nil, because: .signedOut, by: .authority)
        let first = try await scene.poll()
        #expect(first.through == 2)
        let next = try await scene.poll(after: first)
        #expect(next.through == 2)
        #expect(next.leaseMilliseconds == 3000)
    }

    @Test func `a longer lease than ever is granted only with what others have committed by then`() async throws {
        let scene = try await Scene(TestAuthority())
        let opened = try await scene.test.open()
        let receipt = try await scene.test.authority.endSession(
            opened.session.id, owner: nil, because: .signedOut, by: .authority)
        #expect(receipt.settled, "nobody has ever followed, so this process may say so")
        #expect(try await scene.poll().leaseMilliseconds == 0)
    }

    @Test func `the oldest sign-out that is not settled has an age`() async throws {
        let scene = try await Scene(TestAuthority())
        _ = try await scene.poll()
        _ = try await scene.signOut()
        #expect(scene.followers.oldestUnsettledMilliseconds == 0)
        scene.test.wait(.seconds(2))
        _ = try await scene.signOut()
        #expect(scene.followers.oldestUnsettledMilliseconds == 2000)
        scene.test.wait(.seconds(2))
        #expect(try await scene.isSettled)
        scene.followers.committed([], through: 0)
        #expect(scene.followers.oldestUnsettledMilliseconds == 0)
    }

    @Test func `who has more to fetch than fits an answer gets the lease with the last one`() async throws {
        let test = try await TestAuthority()
        let many = Limits.revocationsPerAnswer + 5
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<many {
                if number >= 500 { try await group.next() }
                group.addTask {
                    let subject = try #require(Subject("user-\(number)"))
                    _ = try await test.authority.endSessions(of: subject, because: .signedOut, by: .authority)
                }
            }
            try await group.waitForAll()
        }
        let scene = try await Scene(test)
        let first = try await scene.poll()
        #expect(first.revocations.count >= Limits.revocationsPerAnswer)
        #expect(first.through < UInt64(many))
        #expect(first.leaseMilliseconds == 0)
        let last = try await scene.poll(after: first)
        #expect(last.through == UInt64(many))
        #expect(first.revocations.count + last.revocations.count == many)
        #expect(last.leaseMilliseconds == 3000)
    }

    @Test func `the name of a verifier is its client's alone`() async throws {
        let scene = try await Scene(TestAuthority())
        _ = try await scene.poll()
        await #expect(throws: AuthorityError.followerElsewhere) {
            try await scene.poll(client: "client_other")
        }
    }

    @Test func `a poll that a newer one takes the place of is not answered with a lease`() async throws {
        let scene = try await Scene(TestAuthority())
        let first = try await scene.poll()
        let poll = FeedPoll(follower: scene.verifier, node: first.node, after: first.through)
        let outcome = await withTaskGroup(of: AuthorityError?.self) { group in
            group.addTask {
                do throws(AuthorityError) {
                    _ = try await scene.followers.answer(poll, of: Self.client, wait: .seconds(60))
                    return nil
                } catch {
                    return error
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    _ = try? await scene.poll(after: first)
                    await Task.yield()
                }
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        #expect(outcome == .followerElsewhere)
    }

    @Test func `one verifier too many is told to come back`() async throws {
        let scene = try await Scene(TestAuthority())
        for number in 0..<UInt64(Limits.followers) {
            _ = try await scene.poll(as: Identifier(high: 9, low: number))
        }
        await #expect(throws: AuthorityError.overloaded) { try await scene.poll() }
        _ = try await scene.poll(as: Identifier(high: 9, low: 7))
    }
}
