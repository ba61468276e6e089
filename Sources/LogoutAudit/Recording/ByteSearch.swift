internal import Foundation

extension String {
    /// Whether these bytes are in it; many times faster than a search by characters.
    func hasBytes(of other: String) -> Bool {
        var (text, other) = (self, other)
        return text.withUTF8 { hay in
            other.withUTF8 { needle in
                guard let start = hay.baseAddress, let first = needle.baseAddress, let byte = needle.first else {
                    return needle.isEmpty
                }
                var position = 0
                while position + needle.count <= hay.count {
                    let span = hay.count - needle.count - position + 1
                    guard let found = memchr(start + position, Int32(byte), span) else { return false }
                    position = UnsafeRawPointer(found) - UnsafeRawPointer(start)
                    if memcmp(start + position, first, needle.count) == 0 { return true }
                    position += 1
                }
                return false
            }
        }
    }
}
