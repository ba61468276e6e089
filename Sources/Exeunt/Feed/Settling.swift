/// How far an ending has come when it is answered.
package enum Settling: Hashable, Sendable {
    /// No verifier anywhere accepts what it ended.
    case settled(afterMilliseconds: Int64)
    /// Some may, until that moment at the latest.
    case pending(settlesBy: Timestamp)
}
