/// What a tab shows.
struct PageState: Hashable, Sendable {
    var address: String
    /// Whether all of it has been read.
    var isComplete: Bool
    /// Whether nothing in it moves by itself: it has no script and does not lead on.
    var isStill: Bool
    /// What somebody sees, line by line.
    var text: String
    /// Whether it came without asking the server, and whether a service worker had a hand in it.
    var isStored: Bool
    var isOfWorker: Bool

    /// What ``BrowserScripts/state`` returns.
    init(_ value: JSONValue) {
        address = value[pointer: "/address"]?.scalar ?? ""
        isComplete = value[pointer: "/ready"]?.scalar == "complete"
        isStill = value[pointer: "/still"]?.scalar == "true"
        text = value[pointer: "/text"]?.scalar ?? ""
        isStored = value[pointer: "/stored"]?.scalar == "true"
        isOfWorker = value[pointer: "/worker"]?.scalar == "true"
    }

    var path: String { WebAddress(address)?.path ?? address }

    /// The beginning of what it shows, for a report.
    var excerpt: String { "“" + PageMarks.flattened(text).prefix(100) + "”" }
}
