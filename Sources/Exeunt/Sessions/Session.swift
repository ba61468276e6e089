package import Settlement

/// A live session, without its secrets.
package struct Session: Hashable, Sendable {
    /// Where a person signed in, when another provider vouched for them: its issuer, its own session's id, and its own name for
    /// the person.
    package struct Upstream: Hashable, Sendable {
        package var issuer: String
        package var session: String?
        package var subject: String?

        package init(issuer: String, session: String?, subject: String? = nil) {
            self.issuer = issuer
            self.session = session
            self.subject = subject
        }
    }

    package var id: Identifier
    package var subject: Subject
    /// The subject's token version that this session carries into its tokens (`ver`).
    package var version: UInt64
    /// The authority's epoch that it carries into its tokens (`gen`).
    package var epoch: UInt64
    /// The client that opened it, and the only one that may refresh it.
    package var clientID: String
    package var device: Device
    package var createdAt: Timestamp
    /// Written at most once in ``Limits/lastActiveGrain``.
    package var lastActiveAt: Timestamp
    /// When the person last proved who they are (`auth_time`).
    package var authenticatedAt: Timestamp
    /// When it ends if nothing is heard of it.
    package var idleEnd: Timestamp
    /// When it ends whatever happens.
    package var absoluteEnd: Timestamp
    /// The remembered login that opened it or came with it.
    package var rememberedLogin: Identifier?
    package var upstream: Upstream?
    /// Its place in the status lists, if it has one.
    package var statusIndex: UInt64?

    package init(
        id: Identifier, subject: Subject, version: UInt64, epoch: UInt64, clientID: String, device: Device,
        createdAt: Timestamp, lastActiveAt: Timestamp, authenticatedAt: Timestamp, idleEnd: Timestamp,
        absoluteEnd: Timestamp, rememberedLogin: Identifier?, upstream: Upstream?,
        statusIndex: UInt64? = nil
    ) {
        self.id = id
        self.subject = subject
        self.version = version
        self.epoch = epoch
        self.clientID = clientID
        self.device = device
        self.createdAt = createdAt
        self.lastActiveAt = lastActiveAt
        self.authenticatedAt = authenticatedAt
        self.idleEnd = idleEnd
        self.absoluteEnd = absoluteEnd
        self.rememberedLogin = rememberedLogin
        self.upstream = upstream
        self.statusIndex = statusIndex
    }

    /// The moment at which it ends by itself.
    package var expiresAt: Timestamp { min(idleEnd, absoluteEnd) }
}
