/// Puts the forms of a page together, tag by tag.
struct HTMLFormReader {
    private var forms: [HTMLForm] = []
    private var isOpen = false
    private var select: HTMLForm.Field?

    mutating func read(_ tag: HTMLTag) {
        switch tag.name {
        case "form":
            forms.append(HTMLForm(action: tag.attributes["action"]))
            forms[forms.count - 1].method = tag.attributes["method"]?.uppercased() == "POST" ? "POST" : "GET"
            isOpen = true
        case "/form": isOpen = false
        case "input": readInput(tag)
        case "button": readButton(tag)
        case "textarea":
            add(HTMLForm.Field(name: tag.attributes["name"] ?? "", value: tag.text, type: "textarea", isSent: true))
        case "select":
            select = HTMLForm.Field(name: tag.attributes["name"] ?? "", value: "", type: "select", isSent: false)
        case "option":
            if select?.isSent == false || tag.attributes["selected"] != nil {
                select?.value = tag.attributes["value"] ?? tag.text.trimmed
                select?.isSent = true
            }
        case "/select":
            if let select { add(select) }
            select = nil
        default: break
        }
    }

    func finished() -> [HTMLForm] { forms }

    private mutating func add(_ field: HTMLForm.Field) {
        guard isOpen, !field.name.isEmpty else { return }
        forms[forms.count - 1].fields.append(field)
    }

    private mutating func readInput(_ tag: HTMLTag) {
        let type = (tag.attributes["type"] ?? "text").lowercased()
        let name = tag.attributes["name"] ?? ""
        switch type {
        case "submit", "image", "button": readButton(tag)
        case "reset", "file": break
        case "checkbox", "radio":
            let isSent = tag.attributes["checked"] != nil
            add(HTMLForm.Field(name: name, value: tag.attributes["value"] ?? "on", type: type, isSent: isSent))
        default:
            add(HTMLForm.Field(name: name, value: tag.attributes["value"] ?? "", type: type, isSent: true))
        }
    }

    private mutating func readButton(_ tag: HTMLTag) {
        guard isOpen, !["button", "reset"].contains(tag.attributes["type"]?.lowercased() ?? "submit") else { return }
        let value = tag.attributes["value"] ?? ""
        forms[forms.count - 1].buttons.append(
            HTMLForm.Button(
                name: tag.attributes["name"] ?? "", value: value, text: tag.name == "button" ? tag.text.trimmed : value,
                action: tag.attributes["formaction"], method: tag.attributes["formmethod"]?.uppercased()))
    }
}
