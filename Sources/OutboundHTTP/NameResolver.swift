internal import Exeunt
internal import Foundation
internal import NIOPosix
internal import Synchronization

/// The addresses of names, remembered for a moment.
///
/// A name that takes long to look up takes a thread; there are a few of them, so that others go on.
final class NameResolver: Sendable {
    private struct Known {
        var addresses: [String]
        var until: ContinuousClock.Instant
    }

    private static let remembered: Duration = .seconds(30)
    private static let rememberedFailure: Duration = .seconds(2)
    private static let mostNames = 10_000
    private static let threads = 8

    private let pool = NIOThreadPool(numberOfThreads: threads)
    private let known = Mutex<[String: Known]>([:])
    private let lookUp: @Sendable (String) -> [String]

    /// A resolver that looks names up in that way, which may take its time.
    init(lookUp: @escaping @Sendable (String) -> [String] = NameResolver.systemLookUp) {
        self.lookUp = lookUp
        pool.start()
    }

    func close() async { try? await pool.shutdownGracefully() }

    /// The addresses of a host, in the order that the system prefers; none when there is no such name.
    func addresses(of host: String) async throws -> [String] {
        let now = ContinuousClock.now
        if let found = known.withLock({ $0[host] }), found.until > now { return found.addresses }
        guard let addresses = await wait(for: host) else { throw CancellationError() }
        known.withLock { known in
            if known.count >= Self.mostNames { known.removeAll() }
            let kept = addresses.isEmpty ? Self.rememberedFailure : Self.remembered
            known[host] = Known(addresses: addresses, until: ContinuousClock.now.advanced(by: kept))
        }
        return addresses
    }

    /// Waits for a thread that looks a host up, and no longer than its task goes on: the system may take its time.
    private func wait(for host: String) async -> [String]? {
        let (found, continuation) = AsyncStream.makeStream(of: [String].self)
        pool.submit { [lookUp] state in
            if case .active = state { continuation.yield(lookUp(host)) }
            continuation.finish()
        }
        return await found.first { _ in true }
    }

    /// The system's way (RFC 3493 §6.1).
    @Sendable static func systemLookUp(_ host: String) -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var addresses: [String] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let isRead = getnameinfo(
                entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            guard isRead == 0 else { continue }
            let address = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            // One with a zone is link-local, and no URL can mean it.
            if !address.contains("%"), !addresses.contains(address) { addresses.append(address) }
        }
        return addresses
    }
}
