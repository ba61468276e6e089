package import Exeunt
internal import Hummingbird
package import Logging
package import ServiceLifecycle
internal import Settlement

/// The door for whoever may open the data folder: what only the running server knows, over HTTP on a socket in that folder.
package enum ControlSocket {
    /// Where ``followers(_:_:)`` answers.
    package static let followersPath = "/followers"
    /// Bytes of a socket's path that every system takes.
    package static let pathBytes = 100

    /// One verifier, as the list of them has it.
    package struct Follower: Codable, Sendable {
        package var id: String
        package var clientID: String
        package var leaseMilliseconds: Int64
        package var leaseLeftMilliseconds: Int64?
        package var polledAgoMilliseconds: Int64
        package var behind: UInt64

        enum CodingKeys: String, CodingKey {
            case id, behind
            case clientID = "client_id"
            case leaseMilliseconds = "lease_ms"
            case leaseLeftMilliseconds = "lease_left_ms"
            case polledAgoMilliseconds = "polled_ago_ms"
        }

        init(_ listed: Followers.Listed) {
            id = listed.standing.id.description
            clientID = listed.clientID
            leaseMilliseconds = listed.standing.leaseMilliseconds
            leaseLeftMilliseconds = listed.leaseLeftMilliseconds
            polledAgoMilliseconds = listed.polledAgoMilliseconds
            behind = listed.behind
        }
    }

    /// A service that answers on the socket at `path`.
    package static func makeServer(followers: Followers, path: String, logger: Logger) -> any Service {
        let router = Router()
        router.get(RouterPath(followersPath)) { _, _ in
            JSONResponse.make(followers.list().map(Follower.init))
        }
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return Application(
            router: router,
            configuration: ApplicationConfiguration(address: .unixDomainSocket(path: path), serverName: nil),
            logger: quiet)
    }
}
