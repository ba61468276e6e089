import NIOCore
import Testing

@testable import LogoutAudit

@Suite struct BrowserMessageTests {
    private func answer(_ status: Int, _ body: String) -> WebAnswer { WebAnswer(status: status, body: body) }

    @Test func `the value of a driver's answer is what it says`() throws {
        #expect(
            try WebDriver.value(of: answer(200, #"{"value":{"sessionId":"x"}}"#))[pointer: "/sessionId"]?.scalar == "x")
        #expect(try WebDriver.value(of: answer(200, #"{"value":null}"#)) == .null)
        // A page may show such a thing, too.
        #expect(
            try WebDriver.value(of: answer(200, #"{"value":{"error":"none"}}"#))[pointer: "/error"]?.scalar == "none")
    }

    @Test func `a driver's error is told by its name and its first line`() {
        let failure = #expect(throws: BrowserFailure.self) {
            try WebDriver.value(
                of: answer(404, #"{"value":{"error":"no such element","message":"gone\n#0 0x5","stacktrace":""}}"#))
        }
        #expect(failure == .refused(code: "no such element", message: "gone"))
        #expect(throws: BrowserFailure.self) { try WebDriver.value(of: answer(200, "<html>")) }
        #expect(throws: BrowserFailure.self) { try WebDriver.value(of: answer(502, "{}")) }
    }

    @Test func `chromedriver says where it listens`() {
        #expect(
            DriverProcess.port(in: "Starting…\nChromeDriver was started successfully on port 41235.\n") == 41235)
        #expect(DriverProcess.port(in: "Starting ChromeDriver 156.0.8078.108 on port 0") == nil)
        #expect(DriverProcess.port(in: "ChromeDriver was started successfully on port 412") == nil)
    }

    @Test func `a browser is told to send everything through the gate`() {
        var options = BrowserOptions(profile: "/p", gatePort: 4000, keepsPages: true, isRoot: false)
        let arguments = Set(options.arguments)
        #expect(arguments.isSuperset(of: ["--proxy-server=http://127.0.0.1:4000", "--proxy-bypass-list=<-loopback>"]))
        #expect(!options.arguments.contains { $0.contains("BackForwardCache") || $0 == "--no-sandbox" })
        #expect(!options.arguments.contains("--ignore-certificate-errors"))
        options.trustsAnyCertificate = true
        #expect(options.arguments.contains("--ignore-certificate-errors"))
        options.keepsPages = false
        options.isRoot = true
        #expect(options.arguments.contains { $0.contains("BackForwardCache") })
        #expect(options.arguments.contains("--no-sandbox"))
        let sent = options.capabilities[pointer: "/capabilities/alwaysMatch/goog:chromeOptions/args/0"]
        #expect(sent?.scalar == "--headless=new")
    }

    @Test func `the gate reads what a browser asks a proxy for`() throws {
        let get = try #require(
            GateRequest(
                head:
                    "GET http://127.0.0.1:8000/a?b HTTP/1.1\r\nHost: other\r\nProxy-Connection: x\r\nCookie: a=b\r\n\r\n"
            ))
        #expect(get.address.description == "http://127.0.0.1:8000/a?b" && !get.isTunnel && get.length == 0)
        #expect(get.headers == ["Cookie": "a=b"])
        let tunnel = try #require(
            GateRequest(head: "CONNECT app.example:444 HTTP/1.1\r\nHost: app.example:444\r\n\r\n"))
        #expect(tunnel.isTunnel && tunnel.address.host == "app.example" && tunnel.address.port == 444)
        let post = try #require(GateRequest(head: "POST http://a.example/ HTTP/1.1\r\nContent-Length: 7\r\n\r\n"))
        #expect(post.length == 7 && post.address.port == 80)
    }

    @Test(arguments: [
        "", "GET / HTTP/1.1\r\n\r\n", "GET http://a.example/\r\n\r\n", "GET ftp://a.example/ HTTP/1.1\r\n\r\n",
        "POST http://a.example/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST http://a.example/ HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST http://a.example/ HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        "GET http://a.example/ HTTP/1.1\r\nnonsense\r\n\r\n",
    ])
    func `the gate lets nothing through that it cannot read`(head: String) {
        #expect(GateRequest(head: head) == nil)
    }

    @Test func `a head is complete with its empty line`() {
        #expect(GateRequest.headBytes(in: ByteBuffer(string: "GET x\r\nA: b\r\n")) == nil)
        #expect(GateRequest.headBytes(in: ByteBuffer(string: "GET x\r\n\r\nbody")) == 9)
    }
}
