/// The last request of a sequence, ready to be sent, in parts that can be changed.
struct PreparedRequest: Sendable {
    struct Field: Hashable, Sendable {
        var name: String
        var value: String
        /// Whether a stranger could know the value.
        var isPublic: Bool
    }

    enum Body: Sendable {
        case none
        case fields([Field])
        case json(JSONTemplate, text: String)
        case text(String, isPublic: Bool)
    }

    var step: Step
    var method: String
    var address: WebAddress
    /// Whether a stranger could know the address.
    var isAddressPublic: Bool
    var headers: HeaderFields
    var body: Body

    /// The request as the application's own page sends it.
    var request: WebRequest {
        var request = WebRequest(method, address, headers: headers)
        switch body {
        case .none: break
        case .fields(let fields):
            let text = FormText.encoded(fields.map { ($0.name, $0.value) })
            if method == "GET" {
                request.address.query = text
            } else {
                request.body = text
                request.headers["Content-Type"] = "application/x-www-form-urlencoded"
            }
        case .json(_, let text):
            request.body = text
            request.headers["Content-Type"] = "application/json"
        case .text(let text, _):
            request.body = text
            request.headers["Content-Type"] = "text/plain"
        }
        return request
    }

    /// The address as far as a stranger could know it.
    var publicAddress: WebAddress {
        var address = address
        if !isAddressPublic { address.query = nil }
        return address
    }

    /// The form fields that a stranger could know.
    var publicFields: [Field] {
        switch body {
        case .fields(let fields): fields.filter(\.isPublic)
        default: []
        }
    }

    /// The JSON that a stranger could send; nil where the body is no JSON.
    var publicJSON: String? {
        guard case .json(let template, _) = body else { return nil }
        return (try? template.withoutSecrets?.body([:])) ?? "{}"
    }
}
