/// The forms and links of a page in a browser.
struct PageControls: Sendable {
    struct Field: Hashable, Sendable {
        var name: String
        var type: String
        var element: BrowserElement

        /// Whether it is a field that people type into.
        var isTyped: Bool {
            !["checkbox", "radio", "select-one", "select-multiple", "hidden", "color", "range", "file"].contains(type)
        }
    }

    struct Form: Hashable, Sendable {
        /// As the page's source would have it.
        var form: HTMLForm
        var element: BrowserElement
        var fields: [Field]
        /// In the order of those of ``form``.
        var buttons: [BrowserElement]

        func field(_ name: String) -> Field? { fields.first { $0.name == name } }

        /// The button of a name, or the one that people press.
        func button(named name: String?) -> BrowserElement? {
            let index = name.flatMap { name in form.buttons.firstIndex { $0.name == name } } ?? 0
            return buttons.indices.contains(index) ? buttons[index] : nil
        }
    }

    struct Link: Hashable, Sendable {
        var address: String
        var element: BrowserElement
    }

    var forms: [Form] = []
    var links: [Link] = []

    /// What ``BrowserScripts/controls`` returns.
    init(_ value: JSONValue) {
        forms = value.items("/forms").compactMap { item in
            guard let element = BrowserElement(item[pointer: "/form"]) else { return nil }
            let fields = item.items("/fields").compactMap { field in
                BrowserElement(field[pointer: "/element"]).map {
                    Field(name: field.text("/name"), type: field.text("/type"), element: $0)
                }
            }
            let buttons = item.items("/buttons")
            let form = HTMLForm(
                action: item[pointer: "/action"]?.scalar, method: item.text("/method").uppercased(),
                fields: fields.map { HTMLForm.Field(name: $0.name, value: "", type: $0.type, isSent: true) },
                buttons: buttons.map {
                    HTMLForm.Button(
                        name: $0.text("/name"), value: "", text: $0.text("/text"),
                        action: $0[pointer: "/action"]?.scalar)
                })
            return Form(
                form: form, element: element, fields: fields,
                buttons: buttons.compactMap { BrowserElement($0[pointer: "/element"]) })
        }
        links = value.items("/links").compactMap { item in
            BrowserElement(item[pointer: "/element"]).map { Link(address: item.text("/action"), element: $0) }
        }
    }

    /// The form that a step means.
    func form(for step: Step, action: String?, on page: WebAddress) -> Form? {
        let choice = FormChoice(step: step, action: action, page: page)
        guard let chosen = choice.form(among: forms.map(\.form)) else { return nil }
        return forms.first { $0.form == chosen }
    }

    /// The button of a form, or else the link, that leads to an address.
    func control(leadingTo action: String, on page: WebAddress) -> BrowserElement? {
        let wanted = page.resolving(action)?.path
        for form in forms {
            let own = page.resolving(form.form.action ?? "")?.path
            for (button, element) in zip(form.form.buttons, form.buttons)
            where (button.action.flatMap { page.resolving($0)?.path } ?? own) == wanted {
                return element
            }
        }
        return links.first { page.resolving($0.address)?.path == wanted }?.element
    }
}

extension JSONValue {
    /// What is in a list that a pointer points at; nothing where it is none.
    fileprivate func items(_ pointer: String) -> [JSONValue] {
        if case .array(let items)? = self[pointer: pointer] { items } else { [] }
    }

    fileprivate func text(_ pointer: String) -> String { self[pointer: pointer]?.scalar ?? "" }
}
