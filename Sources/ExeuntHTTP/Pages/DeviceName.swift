/// The browser and the system that a user agent names, in words that a person knows.
struct DeviceName: Hashable, Sendable {
    var browser: String
    var system: String

    /// Each list is asked from its top: the first mark that occurs names it, because most browsers also claim to be others.
    private static let browsers = [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Vivaldi/", "Vivaldi"), ("YaBrowser/", "Yandex Browser"), ("DuckDuckGo/", "DuckDuckGo"),
        ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"), ("CriOS/", "Chrome"), ("HeadlessChrome/", "Chrome"),
        ("Chromium/", "Chromium"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"), ("Wget/", "Wget"),
        ("python-requests/", "Python"), ("Python-urllib/", "Python"), ("okhttp/", "An app"), ("Dart/", "An app"),
        ("CFNetwork/", "An app"),
    ]

    private static let systems = [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
        ("Macintosh", "macOS"), ("Mac OS X", "macOS"), ("Darwin", "macOS"), ("Linux", "Linux"), ("X11", "Unix"),
    ]

    init(userAgent: String?) {
        let agent = userAgent ?? ""
        browser = Self.browsers.first { agent.contains($0.0) }?.1 ?? "Unknown browser"
        system = Self.systems.first { agent.contains($0.0) }?.1 ?? ""
    }
}
