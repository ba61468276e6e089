/// Why no target file can be made of a recording, and what to do about it.
package struct InvalidRecording: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
