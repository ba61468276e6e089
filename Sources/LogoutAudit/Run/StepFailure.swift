/// A step of the target file that did not go as it says.
package struct StepFailure: Error, Sendable, CustomStringConvertible {
    package var step: String
    package var line: Int
    package var reason: String
    package var exchange: Exchange?

    package var description: String { "the step of line \(line) (\(step)) did not work: \(reason)" }
}
