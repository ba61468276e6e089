public import Foundation

/// How far a sign-out goes.
public enum SignOutScope: String, Sendable, Hashable, CaseIterable, Codable {
    /// This session.
    case current
    /// All others of the same subject.
    case others
    /// All of the same subject.
    case everywhere
}

/// What a sign-out has done.
public struct SignOutReceipt: Sendable, Hashable {
    /// How many sessions it has ended.
    public let endedSessions: Int
    /// Whether no server anywhere accepts anything of it any more.
    public let isSettled: Bool
    /// How long that took; nil while it is not so.
    public let settledAfter: Duration?
    /// By when it will be so; nil once it is.
    public let settlesBy: Date?
}
