/// A check and one store that it must catch.
package struct StoreTrap: Sendable, CustomStringConvertible {
    package let check: StoreCheck
    package let wrong: StoreCheck.WrongStore

    package var description: String { "\(check): \(wrong)" }
}
