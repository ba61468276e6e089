import Exeunt
import Foundation
import Testing

@Suite struct EventPollStateTests {
    private func body(_ state: EventPollState) throws -> StrictJSON? { StrictJSON(state.poll.body) }

    @Test func `a poll says what became of the events before it, once that has arrived`() throws {
        var state = EventPollState()
        #expect(
            try body(state)
                == .object([
                    "ack": .array([]), "setErrs": .object([:]), "maxEvents": .integer(50),
                    "returnImmediately": .bool(false),
                ]))
        let fault = SecurityEventFault(.invalidKey, "why")
        #expect(state.answered(["a": .accepted, "b": .refused(fault), "c": .accepted], after: 30) == .zero)
        let told = try #require(try body(state)?.object)
        #expect(told["ack"] == .array([.string("a"), .string("c")]))
        #expect(
            told["setErrs"]
                == .object(["b": .object(["err": .string("invalid_key"), "description": .string("why")])]))
        _ = state.failed()
        #expect(try body(state)?.object == told, "it may not have arrived, so it is said again")
        _ = state.answered([:], after: 30_000)
        #expect(try body(state)?.object?["ack"] == .array([]))
    }

    @Test func `what could not be acted upon is neither acknowledged nor refused`() throws {
        var state = EventPollState()
        #expect(state.answered(["a": .failed, "b": .accepted], after: 0) == .seconds(1))
        #expect(try body(state)?.object?["ack"] == .array([.string("b")]))
        #expect(try body(state)?.object?["setErrs"] == .object([:]))
    }

    @Test func `a provider that fails is left alone for longer and longer, and not for ever`() {
        var state = EventPollState()
        let pauses = (0..<12).map { _ in state.failed() }
        #expect(pauses.prefix(4) == [.seconds(1), .seconds(2), .seconds(4), .seconds(8)])
        #expect(pauses.last == .seconds(300))
        _ = state.answered(["a": .accepted], after: 0)
        #expect(state.failed() == .seconds(1))
    }

    @Test func `a provider that does not hold polls is not asked without a pause`() {
        var state = EventPollState()
        #expect(state.answered([:], after: 5) == .milliseconds(1995))
        #expect(state.answered([:], after: 30_000) == .zero)
    }

    @Test(arguments: ["", "[]", "{}", #"{"sets":[]}"#, #"{"sets":{"a":1}}"#, #"{"sets":{"a":"x","a":"y"}}"#])
    func `an answer without sets of tokens is none`(answer: String) {
        #expect(EventPoll.sets(Array(answer.utf8)) == nil)
    }

    @Test func `the tokens of an answer are known by their jti`() {
        let answer = #"{"sets":{"a":"t1","b":"t2"},"moreAvailable":true}"#
        #expect(EventPoll.sets(Array(answer.utf8)) == ["a": "t1", "b": "t2"])
        #expect(EventPoll.sets(Array(#"{"sets":{}}"#.utf8)) == [:])
    }
}
