import Testing

@testable import ExeuntHTTP

@Suite struct FormFieldsTests {
    @Test func `fields are decoded, and what has no value is empty`() throws {
        let form = try FormFields(parsing: "a=1+2%2B3&b=%C3%A9&c&d=".utf8)
        #expect(form["a"] == "1 2+3")
        #expect(form["b"] == "é")
        #expect(form["c"] == "")
        #expect(form["d"] == "")
        #expect(form["e"] == nil)
    }

    @Test(arguments: ["a=1&a=2", "a=1&%61=2", "a=%", "a=%4", "a=%zz", "a=%ff", "a=%00", "a=%ed%a0%80"])
    func `what is ambiguous or not text is refused`(body: String) {
        #expect(throws: HTTPProblem.self) { try FormFields(parsing: body.utf8) }
    }

    @Test func `a crowd of fields is refused`() {
        let body = (0...HTTPLimits.formFields).map { "f\($0)=1" }.joined(separator: "&")
        #expect(throws: HTTPProblem.self) { try FormFields(parsing: body.utf8) }
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect(throws: HTTPProblem.self) { try FormFields(parsing: [0x61, 0x3D, 0xC3, 0x28]) }
    }
}
