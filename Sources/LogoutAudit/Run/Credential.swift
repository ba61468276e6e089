/// Something that opens protected addresses, or makes what does.
package struct Credential: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case sessionCookie = "session-cookie"
        case accessToken = "access-token"
        case refreshToken = "refresh-token"
        case rememberCookie = "remember-cookie"
    }

    package var kind: Kind
    /// The cookie's name, or that of the picked value.
    package var name: String
    /// Whether it is in a cookie.
    package var isCookie: Bool
    /// Whether it opens a protected address without anything else.
    package var isSufficient: Bool

    package var label: String {
        switch kind {
        case .sessionCookie: "session cookie \(name)"
        case .accessToken: "access token"
        case .refreshToken: "refresh token"
        case .rememberCookie: "remember-me cookie \(name)"
        }
    }

    /// Whether it opens protected addresses for as long as the session lasts.
    var opens: Bool { kind == .sessionCookie || kind == .accessToken }

    /// Its value on a device.
    func value(on device: Device) -> String? {
        isCookie ? device.jar.cookie(named: name)?.value : device.values[name]
    }
}
