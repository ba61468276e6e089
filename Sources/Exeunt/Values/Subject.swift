/// Whose session it is: an opaque name given by whoever authenticated the person (`sub`).
package struct Subject: Hashable, Sendable, CustomStringConvertible {
    package let name: String

    /// The subject of that name, or nil when it is empty, longer than ``Limits/subjectBytes`` or has control characters.
    package init?(_ name: String) {
        guard !name.isEmpty, name.utf8.count <= Limits.subjectBytes, !name.unicodeScalars.contains(where: \.isControl)
        else { return nil }
        self.name = name
    }

    package var description: String { name }
}

extension Unicode.Scalar {
    /// Whether this is a control character of C0 or C1, or DEL.
    package var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}
