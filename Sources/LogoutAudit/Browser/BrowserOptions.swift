/// How Chromium is started.
struct BrowserOptions: Hashable, Sendable {
    /// The folder that it keeps everything in.
    var profile: String
    /// Where the gate listens on this machine.
    var gatePort: Int
    /// Whether pages that are left stay in memory for Back.
    var keepsPages: Bool
    /// Whether certificates are taken for good unseen: Chromium cannot be told of one authority more.
    var trustsAnyCertificate = false
    /// Chromium's sandbox does not start for root.
    var isRoot: Bool

    private static let quiet = [
        "HttpsUpgrades", "MediaRouter", "OptimizationHints", "SpareRendererForSitePerProcess", "Translate",
    ]

    /// The command line.
    ///
    /// All that goes out goes through the gate, the machine's own addresses included, and no name is
    /// resolved but by it: so that workers, prefetches and Chromium itself are held by it as pages are.
    var arguments: [String] {
        let off = Self.quiet + (keepsPages ? [] : ["BackForwardCache"])
        return [
            "--headless=new", "--user-data-dir=\(profile)",
            "--proxy-server=http://127.0.0.1:\(gatePort)", "--proxy-bypass-list=<-loopback>",
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", "--disable-quic",
            "--webrtc-ip-handling-policy=disable_non_proxied_udp",
            "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
            "--disable-background-networking", "--disable-component-update", "--disable-domain-reliability",
            "--disable-sync", "--no-first-run", "--no-default-browser-check", "--disable-gpu",
            // The driver's end of a pipe: a browser whose driver is gone ends.
            "--remote-debugging-pipe",
            // The shared memory of containers is too small.
            "--disable-dev-shm-usage",
            "--disable-features=" + off.joined(separator: ","),
        ] + (isRoot ? ["--no-sandbox"] : []) + (trustsAnyCertificate ? ["--ignore-certificate-errors"] : [])
    }

    /// The body of W3C WebDriver's New Session.
    var capabilities: JSONValue {
        let preferences: [String: JSONValue] = [
            "webrtc.ip_handling_policy": .string("disable_non_proxied_udp"),
            "credentials_enable_service": .bool(false),
            "profile.password_manager_enabled": .bool(false),
        ]
        let milliseconds = DurationText.milliseconds(AuditLimits.pagePatience)
        let wanted: [String: JSONValue] = [
            "browserName": .string("chrome"),
            // The document suffices: what comes later is waited for by what the page shows.
            "pageLoadStrategy": .string("eager"),
            // "Do you really want to sign out?"
            "unhandledPromptBehavior": .string("accept"),
            "timeouts": .object(["pageLoad": .number("\(milliseconds)"), "script": .number("\(milliseconds)")]),
            "goog:chromeOptions": .object([
                "args": .array(arguments.map { .string($0) }), "prefs": .object(preferences),
            ]),
        ]
        return .object(["capabilities": .object(["alwaysMatch": .object(wanted)])])
    }
}
