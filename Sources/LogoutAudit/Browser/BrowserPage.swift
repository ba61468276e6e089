/// A page that is for the signed-in alone, as a browser shows it.
struct BrowserPage: Hashable, Sendable {
    var path: String
    var marks: PageMarks
    /// What it showed to the user.
    var text: String
    /// Whether what it shows was put there by its script, and not sent by the server with the page.
    var isDrawnByScript: Bool
}
