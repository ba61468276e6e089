/// A promise of the port that a store does not keep.
package struct Broken: Error, Sendable, CustomStringConvertible {
    /// The check's name.
    package var promise: String
    /// What was seen.
    package var detail: String

    package var description: String { "not kept: \(promise): \(detail)" }
}

/// Throws ``Broken`` unless the condition holds; `detail` says what a store that fails it has done.
func expect(_ condition: Bool, _ detail: @autoclosure () -> String) throws {
    if !condition { throw Broken(promise: "", detail: detail()) }
}

/// Throws ``Broken`` unless both are equal.
func expectEqual<Value: Equatable>(_ seen: Value, _ wanted: Value, _ what: @autoclosure () -> String) throws {
    if seen != wanted { throw Broken(promise: "", detail: "\(what()): \(seen), not \(wanted)") }
}

/// Gives the value that should be there, or throws ``Broken``.
func require<Value>(_ value: Value?, _ detail: @autoclosure () -> String) throws -> Value {
    guard let value else { throw Broken(promise: "", detail: detail()) }
    return value
}
