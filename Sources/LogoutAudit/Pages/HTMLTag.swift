/// The start of an element on a page.
struct HTMLTag: Hashable, Sendable {
    /// In lower case; begins with a slash where an element ends.
    var name: String
    /// The names in lower case; the first of a name counts.
    var attributes: [String: String] = [:]
    /// The text from this tag to the next.
    var text = ""

    /// The tags of a page in their order; comments and what is inside scripts and styles is skipped.
    static func all(in page: String) -> [HTMLTag] {
        var scanner = HTMLScanner(page)
        var tags: [HTMLTag] = []
        while let tag = scanner.next() { tags.append(tag) }
        return tags
    }
}
