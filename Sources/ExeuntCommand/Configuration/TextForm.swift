internal import Exeunt
internal import ExeuntHTTP
internal import Foundation
internal import PostgresStore
internal import RedisLink

/// What a text among the settings may be.
enum TextForm: Sendable {
    case listenAddress, folder, file, publicURL, addressBlock, returnPath, returnURL, audience, database, redisURL,
        redisPrefix

    /// One of them, in words.
    var one: String {
        switch self {
        case .listenAddress: "HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080; port 0 picks a free one"
        case .folder: "the path of a folder"
        case .file: "the path of a file"
        case .publicURL: "an https URL without a path, such as https://login.example.com (http only for localhost)"
        case .addressBlock: "an address or a network in CIDR notation"
        case .returnPath: "a path of this server that begins with one /, such as /signed-out"
        case .returnURL: "an http or https URL"
        case .audience: "a name"
        case .database: DatabaseURI.expectation
        case .redisURL: RedisAddress.expectation
        case .redisPrefix: "a word of letters, digits, `.`, `_`, `-` and `:`, of at most \(RedisLimits.prefixBytes)"
        }
    }

    /// Several of them, in words.
    var many: String {
        switch self {
        case .addressBlock: "addresses or networks in CIDR notation, such as [127.0.0.1, 10.0.0.0/8]"
        case .returnURL: "http or https URLs, such as [https://app.example.com/goodbye]"
        case .audience: "names, such as [https://api.example.com]"
        case .listenAddress, .folder, .file, .publicURL, .returnPath, .database, .redisURL, .redisPrefix: one
        }
    }

    /// Whether a text is one.
    func accepts(_ text: String) -> Bool {
        guard !text.isEmpty, !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            return false
        }
        switch self {
        case .listenAddress: return ListenAddress(text) != nil
        case .folder, .file: return true
        case .audience: return text.utf8.count <= 1000 && !text.contains(" ")
        case .publicURL: return PublicURL(text) != nil
        case .addressBlock: return AddressBlock(text) != nil
        case .database: return DatabaseURI(text) != nil
        case .redisURL: return (try? RedisAddress(text)) != nil
        case .redisPrefix: return DenylistKeys.isPrefix(text)
        case .returnPath:
            return text.hasPrefix("/") && !text.hasPrefix("//") && !text.contains("\\") && !text.contains(" ")
        case .returnURL:
            guard let parts = URLComponents(string: text), let host = parts.host else { return false }
            return ["http", "https"].contains(parts.scheme?.lowercased()) && !host.isEmpty && parts.user == nil
        }
    }
}
