import Exeunt
import Settlement

/// Some people who sign in, use, refresh, resume and sign out at random, many of them at once, while time goes by.
struct Life {
    private enum Deed: CaseIterable {
        case open, openUnderLimit, openInPlace, use, refresh, refreshAgain, resume, resumeAgain
        case signOut, signOutOthers, signOutEverywhere, signOutUpstream, forget, revokeToken, everyone, sweep
    }

    /// Records outlive every life, so that the log can be asked about all of it.
    private static let long = Scenario.day * 100

    private let scenario: Scenario
    private let seed: UInt64
    /// Whether somebody hears of all that ends.
    private let isHeard: Bool
    private var random: SeededGenerator
    private var now = Scenario.start
    private var subjects: [Subject] = []
    /// Every session that was ever opened.
    private var opened: [Opened] = []

    init(_ scenario: Scenario, seed: UInt64, isHeard: Bool) {
        self.scenario = scenario
        self.seed = seed
        self.isHeard = isHeard
        random = SeededGenerator(seed: seed)
    }

    mutating func begin() async throws {
        if isHeard { try await scenario.listen() }
        for _ in 0..<6 { subjects.append(try scenario.subject()) }
        for subject in subjects { opened.append(try await scenario.open(subject, at: now, remember: true)) }
    }

    /// Does that many things, eight at a time.
    mutating func live(through deeds: Int) async throws {
        for _ in 0..<deeds / 8 {
            let works = try (0..<8).map { _ in try plan() }
            opened += try await scenario.atOnce(8) { try await works[$0]() }.compactMap { $0 }
            now = now + .seconds(Int.random(in: 0...900, using: &random))
        }
    }

    /// Chooses what to do, to whom and when; the work gives the session that it opened, if it did.
    private mutating func plan() throws -> @Sendable () async throws -> Opened? {
        let deed = Deed.allCases.randomElement(using: &random) ?? .use
        let chance = Int.random(in: 0..<4, using: &random)
        let (scenario, now) = (scenario, now)
        let subject = try require(subjects.randomElement(using: &random), "nobody lives")
        let one = try require(opened.suffix(60).randomElement(using: &random), "nobody has signed in")
        let mine: Opening = {
            var opening = scenario.opening(subject, at: now, remember: chance == 0)
            opening.revokedUntil = now + Self.long
            opening.replacing = deed == .openInPlace ? one.handle : nil
            opening.upstream = Session.Upstream(
                issuer: Scenario.issuer, session: chance == 1 ? nil : "\(opening.id)", subject: subject.name)
            opening.wantsStatusIndex = chance == 2
            opening.limit = deed == .openUnderLimit ? ConcurrencyLimit(sessions: 2, whenFull: .endOldest) : nil
            return opening
        }()
        switch deed {
        case .open, .openUnderLimit, .openInPlace: return { try await scenario.open(mine) }
        case .use:
            return {
                _ = try await scenario.store.extend(one.id, lastActiveAt: now, idleEnd: now + Scenario.hour)
                return nil
            }
        case .refresh, .refreshAgain:
            return {
                let held = try await scenario.store.session(refreshFamily: one.family, at: now)
                let generation = deed == .refresh ? held?.generation ?? 0 : (held?.generation ?? 1) / 2
                _ = try await scenario.rotate(
                    one, generation: generation, at: now, onReuse: chance == 0 ? .endAll : .endSession,
                    revokedFor: Self.long)
                return nil
            }
        case .resume, .resumeAgain:
            return { try await Self.resume(one, again: deed == .resumeAgain, at: now, scenario) }
        case .sweep:
            return {
                _ = try await scenario.store.sweep(
                    at: now, revokedUntil: now + Self.long, auditBefore: Scenario.start)
                return nil
            }
        default:
            let target = Self.target(of: deed, subject, one, everyone: chance == 0, scenario)
            return {
                var ending = scenario.ending(target, at: now)
                ending.revokedUntil = now + Self.long
                _ = try await scenario.store.end(ending)
                return nil
            }
        }
    }

    private static func target(
        of deed: Deed, _ subject: Subject, _ one: Opened, everyone: Bool, _ scenario: Scenario
    ) -> Ending.Target {
        switch deed {
        case .signOutOthers: .subject(one.session.subject, except: one.id)
        case .signOutEverywhere: .subject(subject, except: nil)
        case .signOutUpstream:
            .upstream(
                issuer: Scenario.issuer, session: one.session.upstream?.session,
                subject: everyone ? one.session.subject.name : nil)
        case .forget: .rememberedLogin(one.remembered?.familyHash ?? one.family)
        case .revokeToken: .token(scenario.identifier(), of: one.id)
        case .everyone where everyone: .everyone
        default: .session(one.id, owner: nil)
        }
    }

    private static func resume(
        _ one: Opened, again: Bool, at now: Timestamp, _ scenario: Scenario
    ) async throws -> Opened? {
        guard let login = one.remembered else { return nil }
        let held = try await scenario.store.rememberedLogin(family: login.familyHash, at: now)
        let generation = again ? (held?.generation ?? 1) / 2 : held?.generation ?? 0
        let (handle, family) = (scenario.hash(), scenario.hash())
        let outcome = try await scenario.store.resume(
            Resumption(
                familyHash: login.familyHash, generation: generation, grace: Scenario.grace,
                opening: ResumedOpening(
                    id: scenario.identifier(), clientID: Scenario.client, device: Device(), at: now,
                    idleEnd: now + Scenario.hour, absoluteEnd: now + Scenario.day, handleHash: handle,
                    refreshFamilyHash: family, limit: nil, revokedUntil: now + Self.long, by: scenario.by)))
        guard case .rotated(let session, _) = outcome else { return nil }
        return Opened(session: session, handle: handle, family: family, remembered: login)
    }

    /// Compares what the store says of every session that there ever was with what the log says of its tokens.
    mutating func expectAgreement() async throws {
        while try await scenario.store.sweep(
            at: now, revokedUntil: now + Self.long, auditBefore: Scenario.start) > 0
        {}
        let log = try await scenario.revocations()
        var live = 0
        for one in opened {
            let session = try await scenario.store.session(one.id, at: now)
            live += session == nil ? 0 : 1
            let isOver = log.isOver(one.token(scenario.identifier()))
            try expectEqual(isOver, session == nil, "life \(seed): whether the log ends a token of \(one.id)")
            try expectEqual(
                try await scenario.store.session(handle: one.handle, at: now), session, "life \(seed): by its handle")
        }
        let told = Dictionary(grouping: try await scenario.outbox(), by: \.session)
        for one in Dictionary(opened.map { ($0.id, $0) }, uniquingKeysWith: { $1 }).values {
            let isOver = try await scenario.store.session(one.id, at: now) == nil
            let wanted = isOver && (isHeard || one.session.statusIndex != nil) ? 1 : 0
            try expectEqual(
                told[one.id]?.count ?? 0, wanted, "life \(seed): the places in the outbox of \(one.id)")
        }
        let diagnosis = try await scenario.store.diagnose(at: now)
        try expectEqual(diagnosis.problems, [], "life \(seed): what the store finds wrong with itself")
        let others = try await scenario.sessions(of: nil, at: now).count
        try expectEqual(diagnosis.liveSessions, others, "life \(seed): the live sessions that it counts")
        try expect(others >= live, "life \(seed): sessions are not listed")
        try expectEqual(diagnosis.head, try await scenario.store.head(), "life \(seed): the head that it tells")
    }
}
