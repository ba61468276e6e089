internal import Foundation

/// Where a Redis is, and how one signs in there.
///
/// Its description has no password.
package struct RedisAddress: Sendable {
    /// How it is reached.
    package enum Place: Hashable, Sendable {
        case network(host: String, port: Int32)
        case socket(path: String)
    }

    /// An address that cannot be used, and what would be right; it does not repeat the address, which may hold a password.
    package struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    package let place: Place
    /// The number of the database.
    package let database: Int
    let user: String?
    let password: String?

    /// The address of `redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]` or `unix://[USER:PASSWORD@]/PATH[?db=DATABASE]`.
    package init(_ url: String) throws(Fault) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(), parts.fragment == nil
        else {
            throw Fault(description: Self.expectation)
        }
        let database: String
        switch scheme {
        case "redis":
            guard let host = parts.host, !host.isEmpty, parts.query == nil else {
                throw Fault(description: Self.expectation)
            }
            let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
            guard (1...65_535).contains(parts.port ?? Self.port) else { throw Fault(description: Self.expectation) }
            place = .network(host: bare, port: Int32(parts.port ?? Self.port))
            database = String(parts.path.drop { $0 == "/" })
        case "unix":
            guard parts.host?.isEmpty ?? true, parts.port == nil, parts.path.hasPrefix("/"),
                parts.path.utf8.count <= RedisLimits.socketPathBytes
            else { throw Fault(description: Self.expectation) }
            place = .socket(path: parts.path)
            let query = parts.queryItems ?? []
            guard query.allSatisfy({ $0.name == "db" }), query.count <= 1 else {
                throw Fault(description: Self.expectation)
            }
            database = query.first?.value ?? ""
        case "rediss":
            throw Fault(
                description: "TLS to Redis is not spoken; use a socket, a private network, or a tunnel such as stunnel")
        default: throw Fault(description: Self.expectation)
        }
        guard let number = database.isEmpty ? 0 : Int(database), (0..<RedisLimits.databases).contains(number) else {
            throw Fault(description: "the database is a number from 0 to \(RedisLimits.databases - 1)")
        }
        self.database = number
        user = parts.user.flatMap { $0.isEmpty ? nil : $0 }
        password = parts.password
        if user != nil, password == nil { throw Fault(description: "a user of Redis needs a password") }
    }

    /// What an address looks like.
    package static let expectation =
        "redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE] or unix://[USER:PASSWORD@]/PATH[?db=DATABASE]"

    /// The port of a Redis that is not told another.
    private static let port = 6379
}

extension RedisAddress: CustomStringConvertible, CustomReflectable {
    /// The address, with `***` for what signs in.
    package var description: String {
        let secret = password == nil ? "" : "***@"
        switch place {
        case .network(let host, let port):
            let host = host.contains(":") ? "[\(host)]" : host
            return "redis://\(secret)\(host):\(port)/\(database)"
        case .socket(let path): return "unix://\(secret)\(path)?db=\(database)"
        }
    }

    /// Empty, so that a dump shows nothing more.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
