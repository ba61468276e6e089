/// What is on a page that leads on: links, forms, and the paths in its scripts.
struct SeenPage: Sendable {
    struct Link: Hashable, Sendable {
        var path: String
        /// The address and what is written on it.
        var text: String
    }

    var address: WebAddress
    var links: [Link]
    var forms: [HTMLForm]
    /// The scripts' addresses, and the text of those in the page itself.
    var scripts: [WebAddress]
    var inline: String

    init(_ exchange: Exchange) {
        let page = exchange.request.address
        let tags = HTMLTag.all(in: exchange.answer.body)
        address = page
        forms = HTMLForm.all(in: exchange.answer.body)
        func own(_ reference: String?) -> WebAddress? {
            reference.flatMap { page.resolving($0) }.flatMap { $0.origin == page.origin ? $0 : nil }
        }
        links = tags.compactMap { tag in
            guard tag.name == "a", let address = own(tag.attributes["href"]) else { return nil }
            return Link(path: address.target, text: address.target + " " + tag.text)
        }
        scripts = tags.compactMap { $0.name == "script" ? own($0.attributes["src"]) : nil }
        inline = tags.filter { $0.name == "script" }.map(\.text).joined(separator: "\n")
    }

    /// The path that a form of the page leads to.
    func action(of form: HTMLForm) -> String { address.resolving(form.action ?? "")?.path ?? address.path }
}
