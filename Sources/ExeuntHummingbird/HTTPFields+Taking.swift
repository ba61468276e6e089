internal import HTTPTypes

extension HTTPFields {
    /// Takes over others, which take the place of what there was; but a cookie that the route has set stays as the route wants it.
    func taking(_ others: HTTPFields) -> HTTPFields {
        var fields = self
        let own = Set(self[values: .setCookie].map(Self.cookieName))
        for field in others {
            if field.name != .setCookie {
                fields[field.name] = field.value
            } else if !own.contains(Self.cookieName(field.value)) {
                fields.append(field)
            }
        }
        return fields
    }

    private static func cookieName(_ value: String) -> Substring { value.prefix { $0 != "=" } }
}
