import Exeunt
import Settlement
import Testing

/// The bits of a list, against the examples of draft-ietf-oauth-status-list.
@Suite struct StatusListTests {
    @Test func `the draft's example has the lowest bit first`() {
        var list = StatusList(places: 16)
        let bits = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
        for (place, bit) in bits.enumerated() where bit == 1 { list.set(place) }
        #expect(list.bytes == [0xB9, 0xA3])
    }

    @Test(
        arguments: [([0xB9, 0xA3], "eNrbuRgAAhcBXQ"), ([0xC9, 0x44, 0xF9], "eNo76fITAAPfAgc")] as [([UInt8], String)])
    func `the draft's examples are packed as there`(bytes: [UInt8], text: String) throws {
        var list = StatusList(places: bytes.count * 8)
        for (index, byte) in bytes.enumerated() {
            for bit in 0..<8 where byte >> UInt8(bit) & 1 == 1 { list.set(index * 8 + bit) }
        }
        #expect(list.bytes == bytes)
        #expect(Base64URL.encode(try list.compressed()) == text)
    }

    @Test func `each place is in one list, and no place outside a list is set`() {
        #expect(StatusList.number(of: 0) == 0)
        #expect(StatusList.number(of: StatusList.size - 1) == 0)
        #expect(StatusList.number(of: StatusList.size) == 1)
        #expect(StatusList.range(of: 1) == StatusList.size..<2 * StatusList.size)
        #expect(StatusList.range(of: .max) == nil)
        var list = StatusList(places: 8)
        list.set(8)
        list.set(-8)
        #expect(list == StatusList(places: 8))
    }

    @Test func `a list of a hundred thousand sessions of which few are over stays small`() throws {
        var list = StatusList()
        for place in stride(from: 0, to: Int(StatusList.size), by: 131) { list.set(place) }
        #expect(list.bytes.count == 16 * 1024)
        #expect(try list.compressed().count < 4096)
    }
}
