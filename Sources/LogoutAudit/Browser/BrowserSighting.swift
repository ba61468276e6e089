/// A page that shows after the sign-out what only the signed-in may see.
struct BrowserSighting: Hashable, Sendable {
    var path: String
    /// What was done to see it.
    var how: String
    var excerpt: String
    /// Whether the server was not asked for it.
    var isStored: Bool
    /// Whether a service worker answered in the server's place.
    var isOfWorker: Bool

    init(_ page: BrowserPage, _ state: PageState, how: String, asked: Bool = true) {
        path = page.path
        self.how = how
        excerpt = state.excerpt
        isOfWorker = !asked && state.isOfWorker
        isStored = !asked
    }

    var evidence: Evidence { Evidence("\(how): it shows \(excerpt)") }
}
