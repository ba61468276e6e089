/// How far a stream that is fetched has been acknowledged (RFC 8936 §2.4): through a place, and some ahead of it.
package struct PollProgress: Hashable, Sendable {
    /// An ending as one stream sees it.
    package struct Entry: Hashable, Sendable {
        package var number: UInt64
        /// The name of its token; nil when the stream does not hear of it.
        package var name: String?

        package init(number: UInt64, name: String?) {
            self.number = number
            self.name = name
        }
    }

    /// Everything through here has been acknowledged, or is not heard of.
    package private(set) var through: UInt64
    /// Places above that have been acknowledged out of turn.
    package private(set) var ahead: Set<UInt64>

    /// The first place that is open, once it is known.
    private var firstOpen: UInt64?

    package init(through: UInt64, ahead: Set<UInt64> = []) {
        self.through = through
        self.ahead = ahead.filter { $0 > through }
    }

    /// Notes which of the entries are acknowledged, moves on over those at the front that are done with, and gives the places that had
    /// not been acknowledged before.
    ///
    /// The entries are all those from ``through`` on, or from the end of the entries before, in order.
    package mutating func acknowledge(_ names: Set<String>, in entries: [Entry]) -> [UInt64] {
        var fresh: [UInt64] = []
        for entry in entries where entry.number > through {
            guard let name = entry.name, names.contains(name), ahead.insert(entry.number).inserted else { continue }
            fresh.append(entry.number)
        }
        for entry in entries where entry.number > through {
            // On a page before this one there is something open: nothing behind it is passed over.
            if let firstOpen, entry.number > firstOpen { break }
            guard entry.name == nil || ahead.remove(entry.number) != nil else {
                firstOpen = entry.number
                break
            }
            through = entry.number
            firstOpen = nil
        }
        return fresh
    }

    /// The entries that are still to be handed out.
    package func open(of entries: [Entry]) -> [Entry] {
        entries.filter { $0.number > through && $0.name != nil && !ahead.contains($0.number) }
    }

    /// Keeps no more of them in mind than so many: of the others it is asked again.
    package mutating func forget(beyond most: Int) {
        if ahead.count > most { ahead = Set(ahead.sorted().prefix(most)) }
    }
}
