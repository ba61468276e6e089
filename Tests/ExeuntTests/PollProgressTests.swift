import Exeunt
import Testing

@Suite struct PollProgressTests {
    /// Places from `first` on, of which those without a name are not heard of.
    private func entries(from first: UInt64 = 1, _ names: [String?]) -> [PollProgress.Entry] {
        names.enumerated().map { PollProgress.Entry(number: first + UInt64($0.offset), name: $0.element) }
    }

    @Test func `what is acknowledged in order is never handed out again`() {
        var progress = PollProgress(through: 0)
        let all = entries(["a", "b", "c"])
        #expect(progress.acknowledge(["a", "b"], in: all) == [1, 2])
        #expect(progress.through == 2)
        #expect(progress.open(of: all).map(\.name) == ["c"])
    }

    @Test func `what is acknowledged out of turn waits for what is before it`() {
        var progress = PollProgress(through: 0)
        let all = entries(["a", "b", "c"])
        #expect(progress.acknowledge(["c"], in: all) == [3])
        #expect(progress.through == 0)
        #expect(progress.open(of: all).map(\.name) == ["a", "b"])
        #expect(progress.acknowledge(["a"], in: all) == [1])
        #expect(progress.through == 1)
        #expect(progress.acknowledge(["b"], in: all) == [2])
        #expect(progress.through == 3)
        #expect(progress.ahead.isEmpty)
    }

    @Test func `an acknowledgement that comes again counts once`() {
        var progress = PollProgress(through: 0)
        let all = entries(["a", "b"])
        #expect(progress.acknowledge(["b"], in: all) == [2])
        #expect(progress.acknowledge(["b"], in: all).isEmpty)
        #expect(progress.acknowledge(["a", "b", "unknown"], in: all) == [1])
        #expect(progress.through == 2)
    }

    @Test func `what others hear of is passed over, but nothing is skipped`() {
        var progress = PollProgress(through: 4)
        let all = entries(from: 5, [nil, nil, "a", nil, "b", nil])
        #expect(progress.acknowledge([], in: all).isEmpty)
        #expect(progress.through == 6)
        #expect(progress.acknowledge(["a"], in: all) == [7])
        #expect(progress.through == 8)
        #expect(progress.open(of: all).map(\.name) == ["b"])
    }

    @Test func `a page that follows another goes on where that ended`() {
        var progress = PollProgress(through: 0)
        #expect(progress.acknowledge(["a", "c"], in: entries(["a", "b"])) == [1])
        #expect(progress.acknowledge(["a", "c"], in: entries(from: 3, ["c", "d"])) == [3])
        #expect(progress.through == 1)
        #expect(progress.open(of: entries(["a", "b"])).map(\.name) == ["b"])
    }

    @Test func `what is kept in mind is bounded, and the rest is handed out again`() {
        var progress = PollProgress(through: 0)
        let all = entries(["a", "b", "c", "d"])
        _ = progress.acknowledge(["b", "c", "d"], in: all)
        progress.forget(beyond: 2)
        #expect(progress.open(of: all).map(\.name) == ["a", "d"])
    }
}
