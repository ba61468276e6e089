/// How a mirror is doing.
package struct MirrorStatus: Hashable, Sendable {
    /// Whether Redis answers and was at the head of the log when it was last looked at.
    package var isConnected: Bool
    /// How many records of the log it lacks.
    package var lag: UInt64
    /// How many records were handed over, since the start.
    package var deliveredRecords: UInt64
}
