internal import Exeunt
internal import Foundation

/// An address that somebody else has named, as far as its text can be trusted.
///
/// What is sent is put together anew from the parts that were read here, so that no other reader can take it for another address.
struct OutgoingURL: Hashable, Sendable {
    let isSecure: Bool
    /// A name in lower case, an IPv4 address, or an IPv6 address without its brackets.
    let host: String
    let port: Int
    /// The path with its query, from the slash on.
    let target: String

    /// The address of a text; throws `refused` for one that is not an absolute http or https URL of printable ASCII with a host and
    /// without user information or fragment (RFC 3986 §3).
    init(_ text: String) throws(OutgoingFailure) {
        guard !text.isEmpty, text.utf8.count <= Limits.endpointBytes else {
            throw .refused("an address has 1 to \(Limits.endpointBytes) bytes")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }),
            let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased()
        else { throw .refused("it is no URL") }
        guard scheme == "https" || scheme == "http" else { throw .refused("it is not https") }
        guard parts.user == nil, parts.password == nil else { throw .refused("it has a user's name in it") }
        guard parts.fragment == nil else { throw .refused("it has a fragment") }
        guard let host = parts.encodedHost.map(Self.bare), Self.isHost(host) else { throw .refused("it names no host") }
        guard (1...65_535).contains(parts.port ?? 443) else { throw .refused("it has no port that there is") }
        isSecure = scheme == "https"
        self.host = host
        port = parts.port ?? (isSecure ? 443 : 80)
        let path = parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath
        target = path + (parts.percentEncodedQuery.map { "?" + $0 } ?? "")
    }

    /// The whole of it.
    var text: String {
        let named = host.contains(":") ? "[\(host)]" : host
        return "\(isSecure ? "https" : "http")://\(named):\(port)\(target)"
    }

    private static func bare(_ host: String) -> String {
        let lowered = host.lowercased()
        return lowered.hasPrefix("[") && lowered.hasSuffix("]") ? String(lowered.dropFirst().dropLast()) : lowered
    }

    /// Letters, digits, hyphens, underscores and dots, or the digits of an IPv6 address, which has no zone here.
    private static func isHost(_ host: String) -> Bool {
        guard !host.isEmpty, host.utf8.count <= 253 else { return false }
        let isIPv6 = host.contains(":")
        return host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "."): true
            case UInt8(ascii: ":"): isIPv6
            case UInt8(ascii: "g")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"): !isIPv6
            default: false
            }
        }
    }
}
