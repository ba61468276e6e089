import Exeunt
import Testing

@testable import OutboundHTTP

struct WayOutTests {
    @Test(arguments: [
        "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
        "169.254.169.254", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fd00::1",
        "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
        "2001::1", "::127.0.0.1",
    ])
    func `nothing inside is reached unless an operator says so`(_ address: String) {
        #expect(!WayOut(allowing: []).leads(to: address, securely: true))
    }

    @Test(arguments: ["1.1.1.1", "9.9.9.9", "172.32.0.1", "2606:4700::1111", "::ffff:9.9.9.9"])
    func `the public internet is reached by https alone`(_ address: String) {
        #expect(WayOut(allowing: []).leads(to: address, securely: true))
        #expect(!WayOut(allowing: []).leads(to: address, securely: false))
    }

    @Test func `what an operator allows is reached, in plain http too, and nothing beside it`() throws {
        let way = WayOut(allowing: [try #require(AddressBlock("10.1.0.0/16"))])
        #expect(way.leads(to: "10.1.2.3", securely: true))
        #expect(way.leads(to: "10.1.2.3", securely: false))
        #expect(!way.leads(to: "10.2.0.1", securely: true))
    }
}
