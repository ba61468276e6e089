import Exeunt
import Testing

@Suite struct StrictJSONTests {
    private func read(_ text: String) -> StrictJSON? { StrictJSON(Array(text.utf8)) }

    @Test func `values are read as they are written`() {
        #expect(
            read(#" {"a":[1,-2.5e1,true,false,null,"x\n\u00e9\ud83d\ude00\/"]} "#)
                == .object([
                    "a": .array([.integer(1), .number(-25), .bool(true), .bool(false), .null, .string("x\né😀/")])
                ]))
        #expect(read("9223372036854775807") == .integer(.max))
        #expect(read("9223372036854775808") == .number(9_223_372_036_854_775_808))
    }

    @Test(arguments: [
        "", " ", "{", "}", "[1,]", #"{"a":1,}"#, #"{"a"}"#, #"{a:1}"#, "01", "1.", "1e", "-", "+1", ".5", "nul", "True",
        "1 2",
        #""\x""#, #""\ud800""#, #""\ud800\u0041""#, #""\udc00""#, "\"\u{1}\"", #"{"a":1,"a":2}"#,
        #"{"a":1,"\u0061":2}"#,
        #"[{"b":{"c":1,"c":1}}]"#, "NaN", "Infinity", "'a'", "/**/1", #""\u12""#, #""abc"#,
    ])
    func `what JSON does not have, or has twice, is refused`(text: String) {
        #expect(read(text) == nil)
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        #expect(StrictJSON([0x22, 0xFF, 0x22]) == nil)
        #expect(StrictJSON([0x22, 0xC0, 0x80, 0x22]) == nil)
    }

    @Test func `what is nested too deeply is refused`() {
        #expect(read(String(repeating: "[", count: 16) + String(repeating: "]", count: 16)) != nil)
        #expect(read(String(repeating: "[", count: 17) + String(repeating: "]", count: 17)) == nil)
        #expect(read(String(repeating: "[", count: 200_000)) == nil)
    }
}
