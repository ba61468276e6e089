package import Settlement

/// Somebody who is told of each session that ends.
package struct Receiver: Hashable, Sendable {
    /// In which form it is told.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A logout token (OpenID Connect Back-Channel Logout 1.0 §2).
        case backChannelLogout = "backchannel_logout"
        /// A security event token that we push (SSF 1.0, RFC 8935).
        case eventPush = "ssf_push"
        /// A security event token that it fetches (SSF 1.0, RFC 8936).
        case eventPoll = "ssf_poll"
        /// A JSON document with a signature (Standard Webhooks).
        case webhook
    }

    /// Which sessions it hears of.
    package enum Hears: String, Hashable, Sendable, CaseIterable {
        /// Those that its own client has opened.
        case own
        /// Everybody's.
        case all
    }

    /// Whether it is told (SSF 1.0 §8.1.2.1).
    package enum Status: String, Hashable, Sendable, CaseIterable {
        case enabled
        /// Nothing is sent, and what ends meanwhile is kept for it.
        case paused
        /// Nothing is sent, and what ends meanwhile it never hears of.
        case disabled
    }

    package var id: Identifier
    /// Whose it is, and the audience of the tokens that it gets.
    package var clientID: String
    package var kind: Kind
    package var hears: Hears
    /// Where it is told; nil for one that fetches.
    package var endpoint: String?
    /// What we prove ourselves to it with, sealed under its ``sealName``: the key of a webhook's signatures, or the value of the
    /// `Authorization` header of a push.
    package var sealedSecret: [UInt8]?
    /// The event types that a stream has asked for, of those that there are; empty for all of them.
    package var eventsRequested: [String] = []
    package var note: String?
    package var status = Status.enabled
    package var statusReason: String?
    package var createdAt: Timestamp
    /// A verification event that is still to be sent to a stream (SSF 1.0 §8.1.4), with the state that it must carry.
    package var verification: Verification?
    package var progress = Progress()

    package struct Verification: Hashable, Sendable {
        package var id: Identifier
        package var state: String?

        package init(id: Identifier, state: String?) {
            self.id = id
            self.state = state
        }
    }

    /// How far it has been told, and how that goes.
    package struct Progress: Hashable, Sendable {
        /// The place in the outbox through which it has been told, or given up on.
        package var through: UInt64 = 0
        package var delivered: UInt64 = 0
        package var givenUp: UInt64 = 0
        /// Failures since the last success.
        package var failures = 0
        /// Until when it is left alone.
        package var retryAt: Timestamp?
        package var lastDeliveredAt: Timestamp?
        package var lastFailureAt: Timestamp?
        package var lastFailure: String?

        package init() {}
    }

    package init(
        id: Identifier, clientID: String, kind: Kind, hears: Hears, endpoint: String?, sealedSecret: [UInt8]? = nil,
        createdAt: Timestamp
    ) {
        self.id = id
        self.clientID = clientID
        self.kind = kind
        self.hears = hears
        self.endpoint = endpoint
        self.sealedSecret = sealedSecret
        self.createdAt = createdAt
    }

    /// The name that its secret is sealed under.
    package var sealName: String { "receiver " + id.description }

    /// Whether it is to be told of that ending: of a session that it hears of, and, as a stream, of a type that it has asked for.
    package func isToHear(of ended: EndedSession) -> Bool {
        guard hears == .all || ended.clientID == clientID else { return false }
        return !isStream || eventsDelivered.contains(SessionRevokedEvent.uri)
    }
}
