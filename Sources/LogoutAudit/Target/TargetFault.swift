/// Something wrong in a target file: where, and what to write instead.
package struct TargetFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Begins with 1; nil where the file as a whole is meant.
    package var line: Int?
    /// The place in the file's own words: `sign-in[1].fill`.
    package var place: String
    package var message: String

    package var description: String {
        let text = place.isEmpty ? message : "\(place): \(message)"
        return line.map { "line \($0): \(text)" } ?? text
    }
}
