import Foundation
import Settlement
import Testing

@testable import ExeuntVerifier

@Suite struct FeedAnswerTests {
    private static let id = "AAAAAAAAAAAAAAAAAAAAAA"

    private static func text(_ records: String, head: Int = 20, lease: String = "3000") -> String {
        #"{"node":"\#(id)","after":15,"head":\#(head),"snapshot":false,"lease_ms":\#(lease),"keys_version":"k","#
            + #""revocations":[\#(records)]}"#
    }

    private func read(_ text: String) throws -> FeedAnswer {
        try JSONDecoder().decode(FeedAnswerBody.self, from: Data(text.utf8)).answer()
    }

    @Test func `each kind of record is read`() throws {
        let none = try #require(Identifier(Self.id))
        let records = [
            #"{"seq":16,"kind":"session","id":"\#(Self.id)","until":1790000000}"#,
            #"{"seq":17,"kind":"subject","subject":"ad\u0061 \"é\"","version":3,"except":"\#(Self.id)","#
                + #""until":1790000001}"#,
            #"{"seq":18,"kind":"subject","subject":"ada","version":4,"until":1790000002}"#,
            #"{"seq":19,"kind":"token","id":"\#(Self.id)","until":1790000003}"#,
            #"{"seq":20,"kind":"all","version":18446744073709551615,"until":1790000004}"#,
        ]
        let answer = try read(Self.text(records.joined(separator: ",")))
        #expect(answer.node == none && answer.after == 15 && answer.through == 20)
        #expect(answer.leaseMilliseconds == 3000 && answer.keysVersion == "k")
        #expect(
            answer.revocations.map(\.target) == [
                .session(none), .subject("ada \"é\"", version: 3, except: none),
                .subject("ada", version: 4, except: nil), .token(none), .all(epoch: .max),
            ])
        #expect(answer.revocations.map(\.until) == (0...4).map { 1_790_000_000_000 + $0 * 1000 })
    }

    @Test(arguments: [
        text(#"{"seq":16,"kind":"device","id":"\#(id)","until":1}"#),
        text(#"{"seq":16,"kind":"session","until":1}"#), text(#"{"seq":16,"kind":"session","id":"x","until":1}"#),
        text(#"{"seq":16,"kind":"subject","subject":"a","version":1,"except":"x","until":1}"#),
        text(#"{"seq":16,"kind":"subject","subject":"a","until":1}"#), text(#"{"seq":16,"kind":"all","until":1}"#),
        text(#"{"seq":15,"kind":"all","version":1,"until":1}"#),
        text(#"{"seq":21,"kind":"all","version":1,"until":1}"#),
        text(#"{"seq":16,"kind":"all","version":1,"until":1},{"seq":16,"kind":"all","version":1,"until":1}"#),
        text(#"{"seq":16,"kind":"all","version":1,"until":9223372036854775807}"#),
        text(#"{"seq":16,"kind":"all","version":1}"#), text("", head: 14), text("", lease: "-1"),
        text("", lease: "99999999999"), "{}",
    ])
    func `an answer that is not understood in every part is not applied`(text: String) {
        #expect(throws: (any Error).self) { try read(text) }
    }

    @Test func `pauses grow, differ, and heed what the authority asks for`() {
        var pause = Pause()
        let shortest = (0..<8).map { _ in pause.next(random: 0, retryAfter: nil) }
        #expect(shortest == [25, 50, 100, 200, 400, 500, 500, 500].map { .milliseconds($0) })
        #expect(pause.next(random: .max, retryAfter: nil) <= .seconds(1))
        #expect(pause.next(random: 0, retryAfter: .seconds(4)) == .seconds(4))
        pause.reset()
        #expect(pause.next(random: .max, retryAfter: nil) <= .milliseconds(50))
    }
}
