/// Something that somebody does in a browser.
package enum BrowserStep: Hashable, Sendable {
    /// How a thing on a page is named.
    package enum Place: Hashable, Sendable {
        /// By a CSS selector.
        case selector(String)
        /// By the text that it shows.
        case text(String)

        /// For a message.
        var shown: String {
            switch self {
            case .selector(let selector): "`\(selector)`"
            case .text(let text): "“\(text)”"
            }
        }
    }

    package struct Entry: Hashable, Sendable {
        var place: Place
        var value: Template
    }

    case open(Template)
    case type([Entry])
    case click(Place)
    /// Until it is there.
    case wait(Place)
    /// Opens a page, fills in one of its forms, and clicks its button.
    case form(Step)
    /// Clicks the link or the form's button that makes this request, on whichever of these pages has one.
    case press(action: String, pages: [String])

    /// The step in a few words.
    var shown: String {
        switch self {
        case .open(let path): "open \(path.shown)"
        case .type(let entries): "type into \(entries.map(\.place.shown).joined(separator: ", "))"
        case .click(let place): "click \(place.shown)"
        case .wait(let place): "wait for \(place.shown)"
        case .form(let step): "open the page of the form, fill it in and click its button: \(step.shown)"
        case .press(let action, _): "click what leads to \(action)"
        }
    }

    /// The values that it needs.
    var names: [String] {
        switch self {
        case .open(let path): path.names
        case .type(let entries): entries.flatMap(\.value.names)
        case .form(let step): step.names
        case .click, .wait, .press: []
        }
    }
}
