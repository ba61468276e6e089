/// Where a browser may be sent after a sign-in or a sign-out: nowhere that a stranger can choose (CWE-601).
struct SafeReturn: Sendable {
    let registered: [String]

    /// The place if it is safe, else nil: a path on our own origin, or an absolute URL that is registered exactly.
    ///
    /// A path is plain: it starts with one slash, and has no backslash, no empty or dot segment, no control
    /// character and nothing outside ASCII, so that every browser reads it as we do.
    func resolve(_ place: String?) -> String? {
        guard let place, !place.isEmpty, place.utf8.count <= HTTPLimits.returnBytes else { return nil }
        if registered.contains(place) { return place }
        guard place.utf8.first == UInt8(ascii: "/"), place.utf8.allSatisfy(Self.isPlain) else { return nil }
        let path = place.prefix { $0 != "?" && $0 != "#" }
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        let decoded = segments.map {
            $0.lowercased().split(separator: "%2e", omittingEmptySubsequences: false).joined(separator: ".")
        }
        guard !segments.dropLast().contains(""), !decoded.contains("."), !decoded.contains("..") else { return nil }
        return place
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\\")
    }
}
