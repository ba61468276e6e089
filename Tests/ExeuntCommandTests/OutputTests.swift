import Exeunt
import Settlement
import Testing

@testable import ExeuntCommand

@Suite struct OutputTests {
    @Test func `a table is aligned and its last column is left as it is`() {
        var table = Table("ID", "NAME")
        table.add("1", "one")
        table.add("1000", "thousand ")
        #expect(table.text == "ID    NAME\n1     one\n1000  thousand \n")
    }

    @Test(arguments: [("a\u{1B}[31mred", "a\u{FFFD}[31mred"), ("x\u{202E}y\n", "x\u{FFFD}y\u{FFFD}"), ("Ünï", "Ünï")])
    func `a terminal is given nothing to obey`(text: String, shown: String) {
        #expect(text.printable == shown)
    }

    @Test func `an event is one line, with quotes around what has spaces`() {
        var event = AuditEvent(
            .sessionEnded, at: Timestamp(milliseconds: 1_700_000_000_042), subject: "ada lovelace",
            session: Identifier(high: 0, low: 1), clientID: "shop",
            by: Provenance(actor: .administrator, address: "192.0.2.1", userAgent: "say \"hi\""), reason: "signed_out")
        event.number = 7
        #expect(
            AuditRow(event).text == """
                2023-11-14T22:13:20.042Z  session.ended      subject="ada lovelace"  session=AAAAAAAAAAAAAAAAAAAAAQ  \
                client=shop  by=administrator  reason=signed_out  from=192.0.2.1  agent="say \\"hi\\""
                """)
    }

    @Test func `JSON is snake_case, on one line, and leaves out what is not known`() throws {
        let event = AuditEvent(.keyRotated, at: Timestamp(milliseconds: 0), by: .authority)
        #expect(
            try JSONText.line(AuditRow(event))
                == #"{"actor":"authority","at":"1970-01-01T00:00:00.000Z","number":0,"type":"key.rotated"}"#)
    }

    @Test(
        arguments: [
            ("2023-11-14T22:13:20Z", 1_700_000_000_000), ("2023-11-14t22:13:20.042z", 1_700_000_000_042),
            ("2023-11-15T00:13:20+02:00", 1_700_000_000_000), ("2023-11-14", 1_699_920_000_000),
        ] as [(String, Int64)])
    func `a moment is read in each form`(text: String, milliseconds: Int64) {
        #expect(MomentArgument(argument: text) == .at(Timestamp(milliseconds: milliseconds)))
    }

    @Test(arguments: [("90s", 90), ("15m", 900), ("2h", 7200), ("7d", 604_800), ("0s", 0)] as [(String, Int64)])
    func `how long ago is read in each unit`(text: String, seconds: Int64) {
        let now = Timestamp(milliseconds: 1_700_000_000_000)
        #expect(MomentArgument(argument: text)?.resolved(at: now) == now - .seconds(seconds))
    }

    @Test(arguments: ["", "noon", "s", "-1s", "1.5h", "9999999d", "2023-13-01", "2023-11-14T22:13", "yesterday", "d"])
    func `anything else is no moment`(text: String) {
        #expect(MomentArgument(argument: text) == nil)
    }

    @Test(
        arguments: [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 KB"), (1_550_000, "1.6 MB")] as [(Int64, String)])
    func `bytes are told in words`(bytes: Int64, text: String) {
        #expect(ByteCount.text(bytes) == text)
    }
}
