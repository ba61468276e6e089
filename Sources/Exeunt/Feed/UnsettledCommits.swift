internal import Settlement

/// The commits that are not settled yet, with the moment at which each was heard of, the oldest first.
struct UnsettledCommits: Sendable {
    private struct Commit: Sendable {
        var through: UInt64
        var moment: Moment
    }

    private var commits: [Commit] = []

    var isEmpty: Bool { commits.isEmpty }

    /// When the oldest was heard of.
    var oldest: Moment? { commits.first?.moment }

    /// Adds a commit, which is newer than all before it; beyond ``Limits/unsettledCommits`` it counts as one with the newest.
    mutating func add(through seq: UInt64, at now: Moment) {
        if commits.count < Limits.unsettledCommits {
            commits.append(Commit(through: seq, moment: now))
        } else {
            commits[commits.count - 1].through = seq
        }
    }

    /// Takes out what is settled, and gives the moments at which it was heard of.
    mutating func take(through settled: UInt64) -> [Moment] {
        let taken = commits.prefix { $0.through <= settled }.map(\.moment)
        commits.removeFirst(taken.count)
        return taken
    }
}
