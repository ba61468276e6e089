import Settlement
import Testing

@Suite struct IdentifierTests {
    @Test func `an identifier comes back from its text`() throws {
        let identifier = Identifier(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)
        #expect(identifier.description.count == 22)
        #expect(Identifier(identifier.description) == identifier)
        #expect(Identifier(bytes: identifier.bytes) == identifier)
    }

    @Test(arguments: [
        "", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAB", "AAAAAAAAAAAAAAAAAAAA==", "AAAAAAAAAA AAAAAAAAAAA",
    ])
    func `a text that is not its canonical form is refused`(text: String) {
        #expect(Identifier(text) == nil)
    }

    @Test(arguments: [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE")])
    func `the vectors of RFC 4648 without their padding`(plain: String, encoded: String) {
        #expect(Base64URL.encode(Array(plain.utf8)) == encoded)
        #expect(Base64URL.decode(encoded) == Array(plain.utf8))
    }
}
