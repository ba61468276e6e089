/// Something in the configuration that cannot be used, in one line.
struct ConfigurationFault: Hashable, Sendable {
    /// The key, or what stands in its place; nil when it is about no key.
    var key: String?
    var place: SettingPlace?
    /// What is wrong and what would be right.
    var message: String

    /// The line for the operator.
    var line: String {
        switch (key, place) {
        case (let key?, let place?) where place.text != key: "\(key) (\(place.text)): \(message)"
        case (let key?, _): "\(key): \(message)"
        case (nil, let place?): "\(place.text): \(message)"
        case (nil, nil): message
        }
    }
}
