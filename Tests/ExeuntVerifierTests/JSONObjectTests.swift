import Foundation
import Testing

@testable import ExeuntVerifier

@Suite struct JSONObjectTests {
    @Test func `members are read by their types`() throws {
        let text = #"""
             { "s" : "a\/b \"q\" é \u00e9 \ud83d\ude00", "e":"", "n":-12, "z":0, "f":1.5e3, "big":99999999999999999999,
            "t":true, "u":null, "l":["x","y\/z"], "m":["x",1], "none":[], "o":{"s":"inner","s":[[{"a":[]}]]} }
            """#
        let object = try #require(JSONObject(Array(text.utf8)))
        #expect(object.string("s") == "a/b \"q\" é é 😀")
        #expect(object.string("e") == "")
        #expect(object.integer("n") == -12)
        #expect(object.integer("z") == 0)
        #expect(object.strings("l") == ["x", "y/z"])
        #expect(object.strings("e") == [""])
        #expect(object.strings("none") == [])
        for name in ["f", "big", "t", "u", "o", "m", "l"] {
            #expect(object.has(name))
            #expect(object.string(name) == nil)
            #expect(object.integer(name) == nil)
        }
        #expect(object.strings("m") == nil)
        #expect(!object.has("inner"))
        #expect(JSONObject(Array(" {} ".utf8))?.has("a") == false)
    }

    @Test(arguments: [
        "", " ", "[]", "1", "\"a\"", "{", "{}}", "{} x", "{,}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{"a":1 "b":2}"#,
        #"{a:1}"#, #"{'a':1}"#, #"{"a":01}"#, #"{"a":-}"#, #"{"a":1.}"#, #"{"a":.5}"#, #"{"a":1e}"#, #"{"a":+1}"#,
        #"{"a":"x}"#, #"{"a":"x\"}"#, #"{"a":tru}"#, #"{"a":nul}"#, #"{"a":NaN}"#, #"{"a":[1,]}"#, #"{"a":[1 2]}"#,
        #"{"a":{"b"}}"#, #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, "{\"a\":\"\u{1}\"}", "{\"a\":\"\n\"}",
        "{\"a\":1}\0", #"{"a":[[[[[[[[[[1]]]]]]]]]]}"#,
    ])
    func `what is no object, or one with a trick in it, is refused`(text: String) {
        #expect(JSONObject(Array(text.utf8)) == nil)
    }

    @Test(arguments: [#"{"a":"\q"}"#, #"{"a":"\ud800"}"#, #"{"a":"\u12"}"#])
    func `a string that is none is not given out`(text: String) {
        #expect(JSONObject(Array(text.utf8))?.string("a") == nil)
    }

    @Test func `bytes that are not UTF-8 are not given out`() {
        let bytes = Array(#"{"a":""#.utf8) + [0xC3, 0x28] + Array("\"}".utf8)
        #expect(JSONObject(bytes)?.string("a") == nil)
    }

    @Test func `it refuses whatever a general decoder refuses`() {
        let pieces = [
            "{", "}", "[", "]", ":", ",", "\"a\"", "\"b\"", "1", "-", "e1", ".5", "null", "true", " ", "\\", "\"",
        ]
        var seed: UInt64 = 1
        for _ in 0..<20_000 {
            var text = "{"
            for _ in 0..<9 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += pieces[Int(seed >> 33) % pieces.count]
            }
            for whole in [text, text + "}"] where JSONObject(Array(whole.utf8)) != nil {
                let isJSON = (try? JSONSerialization.jsonObject(with: Data(whole.utf8))) is [String: Any]
                #expect(isJSON, "\(whole)")
            }
        }
    }
}
