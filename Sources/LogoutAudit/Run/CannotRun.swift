/// Why there is nothing to be audited.
package struct CannotRun: Error, Sendable, CustomStringConvertible {
    package var reason: String
    package var exchange: Exchange?

    package var description: String { reason }
}
