import Settlement
import Testing

@Suite struct RevocationSetTests {
    private static func claims(
        token: UInt64 = 1, session: UInt64 = 1, subject: String = "ada", version: UInt64 = 0, epoch: UInt64 = 0
    ) -> TokenClaims {
        TokenClaims(
            token: Identifier(high: 7, low: token), session: Identifier(high: 9, low: session), subject: subject,
            version: version, epoch: epoch)
    }

    private static func set(_ targets: Revocation.Target...) -> RevocationSet {
        var set = RevocationSet()
        for (index, target) in targets.enumerated() {
            set.insert(Revocation(seq: UInt64(index + 1), target: target, until: 1000))
        }
        return set
    }

    @Test func `an empty set ends nothing`() {
        #expect(!RevocationSet().isOver(Self.claims()))
    }

    @Test func `a token record ends that token and no other of its session`() {
        let set = Self.set(.token(Identifier(high: 7, low: 1)))
        #expect(set.isOver(Self.claims(token: 1)))
        #expect(!set.isOver(Self.claims(token: 2)))
    }

    @Test func `everywhere else ends all versions below its own but spares the kept session`() {
        let set = Self.set(.subject("ada", version: 3, except: Identifier(high: 9, low: 2)))
        #expect(set.isOver(Self.claims(session: 1, version: 2)))
        #expect(!set.isOver(Self.claims(session: 2, version: 2)))
        #expect(!set.isOver(Self.claims(session: 4, version: 3)), "a sign-in after it carries the new version")
        #expect(!set.isOver(Self.claims(subject: "grace", version: 0)))
    }

    @Test func `the newest record of a subject stands whatever the order of arrival`() {
        let older = Revocation.Target.subject("ada", version: 1, except: Identifier(high: 9, low: 2))
        let newer = Revocation.Target.subject("ada", version: 2, except: nil)
        for set in [Self.set(older, newer), Self.set(newer, older)] {
            #expect(set.isOver(Self.claims(session: 2, version: 1)))
            #expect(set.count == 1)
        }
    }

    @Test func `an epoch ends every token from before it`() {
        let set = Self.set(.all(epoch: 5))
        #expect(set.isOver(Self.claims(version: 99, epoch: 4)))
        #expect(!set.isOver(Self.claims(epoch: 5)))
    }

    @Test func `a record is dropped when its time has passed and not before`() {
        var set = Self.set(.session(Identifier(high: 9, low: 1)))
        set.dropExpired(at: 999)
        #expect(set.isOver(Self.claims()))
        set.dropExpired(at: 1000)
        #expect(!set.isOver(Self.claims()))
        #expect(set.count == 0)
    }

    @Test(arguments: UInt64(1)...40)
    func `it agrees with a scan of the records`(seed: UInt64) {
        var random = SplitMix(state: seed)
        var log: [Revocation] = []
        var set = RevocationSet()
        var versions: [String: UInt64] = [:]
        var epoch: UInt64 = 0
        for seq in UInt64(1)...60 {
            let subject = ["ada", "grace", "alan"][Int(random.next() % 3)]
            let target: Revocation.Target
            switch random.next() % 8 {
            case 0...2: target = .token(Identifier(high: 7, low: random.next() % 12))
            case 3...5: target = .session(Identifier(high: 9, low: random.next() % 12))
            case 6:
                versions[subject, default: 0] += 1
                target = .subject(subject, version: versions[subject, default: 0], except: nil)
            default:
                epoch += random.next() % 4 == 0 ? 1 : 0
                target = .all(epoch: epoch)
            }
            let record = Revocation(seq: seq, target: target, until: 1000)
            log.append(record)
            set.insert(record)
            let probe = Self.claims(
                token: random.next() % 12, session: random.next() % 12, subject: subject,
                version: random.next() % 4, epoch: random.next() % 3)
            #expect(set.isOver(probe) == log.contains { $0.matches(probe) }, "seed \(seed), seq \(seq)")
        }
    }
}

/// A small generator with a seed, so that a failing case reruns exactly (Steele, Lea and Flood, 2014).
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
