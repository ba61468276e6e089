/// A thing that the signed-in pages of a site have stored, and that is there after the sign-out.
struct Leftover: Hashable, Sendable {
    enum Weight: Int, Hashable, Comparable, Sendable {
        /// Nothing says that it is anybody's.
        case harmless
        /// It looks as if somebody could be known, or let in, by it.
        case suspicious
        /// It is the user's.
        case own

        static func < (left: Weight, right: Weight) -> Bool { left.rawValue < right.rawValue }
    }

    var thing: StoredThings.Thing
    var weight: Weight
    /// What tells.
    var because: String

    /// What is left, the worst first, of what was not there `before` any sign-in; `during` is just before the sign-out.
    static func all(
        before: StoredThings, during: StoredThings, after: StoredThings, user: UserMarks
    ) -> [Leftover] {
        let left = after.things.filter { !before.things.contains($0) }.compactMap { thing -> Leftover? in
            let (weight, because) = judge(thing, user)
            // What the sign-out itself has written down matters only where it names somebody.
            let was = during.things.first(where: thing.isSamePlace)
            guard was != nil || weight == .own else { return nil }
            return Leftover(thing: thing, weight: weight, because: because)
        }
        return left.sorted { $0.weight > $1.weight }
    }

    private static func judge(_ thing: StoredThings.Thing, _ user: UserMarks) -> (Weight, String) {
        let text = "\(thing.place)\n\(thing.key)\n\(thing.value)"
        if user.ownText(in: text) != nil { return (.own, "has what the user's page shows") }
        if user.name(in: text) != nil { return (.own, "has the user's name") }
        if text.contains(/eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+/) { return (.own, "has a signed token") }
        if looksLikeToken(thing.value) { return (.suspicious, "looks like a token") }
        return (.harmless, "has nothing in it by which somebody could be known")
    }

    /// Twenty or more characters without a space, of which many differ, letters and digits both.
    static func looksLikeToken(_ value: String) -> Bool {
        value.split { !($0.isLetter || $0.isNumber || "-_+/=.~".contains($0)) }.contains { word in
            word.count >= 20 && Set(word).count >= 10 && word.contains(where: \.isNumber)
                && word.contains(where: \.isLetter)
        }
    }
}
