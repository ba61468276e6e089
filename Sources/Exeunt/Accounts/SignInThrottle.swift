internal import Synchronization

/// Slows guessing down: against one account from wherever, and from one address against whichever accounts.
///
/// Both budgets are charged before a password is looked at, so that guesses at once count each; a right password
/// gives the attempt back. An account that does not exist is treated as one that does. What is remembered lives in memory:
/// a restart forgives.
package final class SignInThrottle: Sendable {
    private struct Budgets {
        var accounts = RateBudget(burst: 10, interval: .seconds(90), capacity: Limits.throttledKeys)
        var addresses = RateBudget(burst: 50, interval: .seconds(18), capacity: Limits.throttledKeys)
    }

    private let budgets = Mutex(Budgets())

    package init() {}

    /// Charges an attempt.
    ///
    /// Throws `throttled` when one of the two has no budget left; then neither is charged.
    package func charge(account: String, address: String?, at now: Timestamp) throws(AuthorityError) {
        let network = Self.network(of: address)
        let wait = budgets.withLock { budgets -> Duration? in
            let waits = [
                budgets.accounts.wait(of: account, at: now), budgets.addresses.wait(of: network, at: now),
            ]
            if let wait = waits.compactMap(\.self).max() { return wait }
            budgets.accounts.spend(account, at: now)
            budgets.addresses.spend(network, at: now)
            return nil
        }
        if let wait { throw .throttled(retryAfter: wait) }
    }

    /// Gives an attempt back, after a right password.
    package func refund(account: String, address: String?, at now: Timestamp) {
        budgets.withLock { budgets in
            budgets.accounts.refund(account, at: now)
            budgets.addresses.refund(Self.network(of: address), at: now)
        }
    }

    /// What one attacker can be expected to hold: an IPv4 address, or an IPv6 network of 64 bits.
    private static func network(of address: String?) -> String {
        guard let address, address.contains(":") else { return address ?? "" }
        let halves = address.split(separator: "%")[0].components(around: "::")
        let head = halves.head.split(separator: ":").map(String.init)
        let tail = halves.tail.map { $0.split(separator: ":").map(String.init) } ?? []
        let zeros = halves.tail == nil ? 0 : max(0, 8 - head.count - tail.count)
        return (head + Array(repeating: "0", count: zeros) + tail).prefix(4).joined(separator: ":") + "::/64"
    }
}

extension StringProtocol {
    /// What stands before the first `separator`, and after it if it occurs.
    fileprivate func components(around separator: String) -> (head: String, tail: String?) {
        guard let range = firstRange(of: separator) else { return (String(self), nil) }
        return (String(self[..<range.lowerBound]), String(self[range.upperBound...]))
    }
}
