import Testing

@testable import LogoutAudit

@Suite struct RedactorTests {
    private let redactor = Redactor()

    @Test func `a secret is replaced in every form that it takes on its way`() {
        let secret = #"p&"ss/w<rd='1'"#
        redactor.learn(secret, as: "password", evenIfShort: true)
        for text in [
            secret, FormText.encoded(secret), FormText.encoded(secret, space: "%20"), JSONString.quoted(secret),
            XMLText.escaped(secret),
        ] {
            #expect(redactor.redacted("before \(text) after").contains("‹password #1›"), "\(text)")
        }
    }

    @Test func `the same value keeps its label, and the next one gets the next number`() {
        for value in ["first-value", "second-value", "first-value"] { redactor.learn(value, as: "cookie sid") }
        #expect(redactor.redacted("second-value first-value") == "‹cookie sid #2› ‹cookie sid #1›")
    }

    @Test func `a value that contains another one is replaced as a whole`() {
        redactor.learn("abcdef", as: "short")
        redactor.learn("abcdefghij", as: "long")
        #expect(redactor.redacted("abcdefghij") == "‹long #1›")
    }

    @Test func `of a signed value the signed part is a secret, too`() {
        redactor.learn("0123456789abcdef0123.signature", as: "cookie sid")
        #expect(!redactor.redacted("id 0123456789abcdef0123").contains("0123456789"))
    }

    @Test func `a cookie that is signed together with its name does not make a secret of that`() {
        redactor.learn(
            "2|1:0|24:username-127-0-0-1-8888|44:0123456789abcdef0123|sig", as: "cookie username-127-0-0-1-8888")
        #expect(redactor.redacted("the cookie username-127-0-0-1-8888") == "the cookie username-127-0-0-1-8888")
        #expect(!redactor.redacted("id 0123456789abcdef0123").contains("0123456789"))
    }

    @Test(arguments: [("/admin/", true), ("/a/b.html", true), ("/Xk9_t3nW7qLr", false), ("admin", false), ("", false)])
    func `a path that people write is told from what nobody could guess`(text: String, isPath: Bool) {
        #expect(WebAddress.isPlainPath(text) == isPath)
    }

    @Test func `nothing is shown of cookies and authorization that nobody announced`() {
        #expect(redactor.redacted(header: "Cookie", "a=unknown; b=x") == "a=‹7 characters›; b=‹1 characters›")
        #expect(
            redactor.redacted(header: "Set-Cookie", "a=unknown; Path=/; HttpOnly")
                == "a=‹7 characters›; Path=/; HttpOnly")
        #expect(redactor.redacted(header: "Authorization", "Bearer unknown") == "Bearer ‹a credential›")
        #expect(redactor.redacted("see eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl") == "see ‹a JWT›")
    }
}
