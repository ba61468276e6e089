import Exeunt
import Testing

@testable import ExeuntHTTP

@Suite struct PagesTests {
    @Test(arguments: [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
            "Chrome", "Windows"
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0",
            "Edge", "Windows"
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
            "Safari", "iPhone"
        ),
        (
            "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36",
            "Chrome", "Android"
        ),
        ("curl/8.5.0", "curl", ""), ("", "Unknown browser", ""),
    ])
    func `a user agent is told in words that a person knows`(agent: String, browser: String, system: String) {
        let name = DeviceName(userAgent: agent)
        #expect(name.browser == browser)
        #expect(name.system == system)
    }

    @Test(arguments: [
        (0, "just now"), (59, "just now"), (60, "1 minute ago"), (7200, "2 hours ago"), (86_400, "1 day ago"),
    ])
    func `times are told as a person would`(seconds: Int, words: String) {
        let then = Timestamp(milliseconds: 1_800_000_000_000)
        #expect(then.ago(at: then + .seconds(seconds)) == words)
        #expect(then.rfc3339 == "2027-01-15T08:00:00.000Z")
        #expect(then.exact == "15 January 2027, 08:00 UTC")
    }

    @Test func `a time is read as it is written`() {
        let moment = Timestamp(milliseconds: 1_800_000_000_123)
        #expect(Timestamp(rfc3339: moment.rfc3339) == moment)
        #expect(Timestamp(rfc3339: "2027-01-15T08:00:00Z") == Timestamp(milliseconds: 1_800_000_000_000))
        #expect(Timestamp(rfc3339: "2027-01-15T09:00:00+01:00") == Timestamp(milliseconds: 1_800_000_000_000))
        #expect(Timestamp(rfc3339: "yesterday") == nil)
    }

    @Test func `markup in a value is text, also where a combining mark follows a quote`() {
        #expect(HTMLText().escapeText("<b a=\"\u{301}x'>&") == "&lt;b a=&quot;\u{301}x&#39;&gt;&amp;")
    }

    @Test func `every page renders what it is given, escaped`() async throws {
        let pages = try Pages()
        for template in ["login", "sessions", "account", "signed-out", "error"] {
            let response = pages.render(template, ["title": "<i>&", "sign_out_visible": true, "subject": "<b>eve"])
            let html = try await text(of: response)
            #expect(html.contains("&lt;i&gt;&amp;"), "\(template)")
            #expect(html.contains("&lt;b&gt;eve"), "\(template)")
            #expect(!html.contains("<b>eve"), "\(template)")
            #expect(html.contains("action=\"/logout\""), "a sign-out button stands on each page of somebody signed in")
        }
        let device: [String: Any] = ["browser": "<x>", "system": "\"'", "label": "<script>", "address": "&"]
        let html = try await text(of: pages.render("sessions", ["sessions": [device]]))
        #expect(!html.contains("<script>") && !html.contains("<x>"))
    }
}
