internal import CZlib

/// A list of bits, one for each session that has a place in it, set for those that are over (draft-ietf-oauth-status-list §4).
package struct StatusList: Hashable, Sendable {
    /// Sessions in one list: 16 KiB of bits, of which a thousand scattered endings leave about 2 KiB.
    package static let size: UInt64 = 1 << 17

    /// The list that a place is in.
    package static func number(of index: UInt64) -> UInt64 { index / size }

    /// The places of a list; nil for a number that no list has.
    package static func range(of number: UInt64) -> Range<UInt64>? {
        number < UInt64(Int64.max) / size ? number * size..<(number + 1) * size : nil
    }

    /// One bit each, the lowest first.
    package private(set) var bytes: [UInt8]

    /// A list of so many places, a multiple of eight, none of which is set.
    package init(places: Int = Int(size)) { bytes = [UInt8](repeating: 0, count: (places + 7) / 8) }

    /// Sets a place of the list; one that it has not is left.
    package mutating func set(_ place: Int) {
        guard bytes.indices.contains(place / 8) else { return }
        bytes[place / 8] |= 1 << UInt8(place % 8)
    }

    /// The bits in the format of zlib (RFC 1950), as small as it can be made.
    package func compressed() throws(AuthorityError) -> [UInt8] {
        var size = compressBound(uLong(bytes.count))
        var packed = [UInt8](repeating: 0, count: Int(size))
        guard compress2(&packed, &size, bytes, uLong(bytes.count), Z_BEST_COMPRESSION) == Z_OK else {
            throw .overloaded
        }
        return Array(packed.prefix(Int(size)))
    }
}
