import Exeunt
import Settlement
import Testing

@Suite struct DeliveriesTests {
    private func receivers(_ states: [Deliveries.State]) -> [Deliveries.ToReceiver] {
        states.enumerated().map { number, state in
            Deliveries.ToReceiver(
                receiver: Identifier(high: 1, low: UInt64(number)), clientID: "shop", kind: .webhook, state: state)
        }
    }

    @Test func `all receivers are counted, and those that are not done listed first`() {
        var deliveries = Deliveries()
        let receivers = receivers([.done, .failed, .pending, .done, .retrying])
        deliveries.add(receivers)
        #expect([deliveries.done, deliveries.failed, deliveries.pending] == [2, 1, 2])
        #expect(deliveries.receivers == [1, 2, 4, 0, 3].map { receivers[$0] })
    }

    @Test(arguments: [0, 7, Limits.receiversPerReceipt, 500])
    func `of many as many are listed as there is room for`(open: Int) {
        var deliveries = Deliveries()
        deliveries.add(
            receivers(Array(repeating: .done, count: 600) + Array(repeating: .pending, count: open)))
        #expect([deliveries.done, deliveries.pending] == [600, open])
        #expect(deliveries.receivers.count == Limits.receiversPerReceipt)
        #expect(deliveries.receivers.count { $0.state == .pending } == min(open, Limits.receiversPerReceipt))
    }
}
