internal import ExeuntHTTP
internal import Foundation

/// Finds out whether an address can be listened on, before anything is opened for it.
enum FreePort {
    #if canImport(Darwin)
        private static let stream = SOCK_STREAM
    #else
        private static let stream = Int32(SOCK_STREAM.rawValue)
    #endif

    /// The port of the address, or a free one for port 0.
    ///
    /// Throws when it cannot be had. It is let go of again, so somebody else may still be quicker.
    static func find(_ address: ListenAddress) throws(CommandFailure) -> Int {
        let what = "cannot listen on \(address.text(port: address.port))"
        var hints = addrinfo()
        hints.ai_socktype = stream
        hints.ai_flags = AI_PASSIVE
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address.host, String(address.port), &hints, &found)
        guard code == 0, let found else {
            throw CommandFailure(.couldNotTry, "\(what): \(String(cString: gai_strerror(code)))")
        }
        defer { freeaddrinfo(found) }
        let info = found.pointee
        let descriptor = socket(info.ai_family, info.ai_socktype, 0)
        guard descriptor >= 0 else { throw .system(what, code: errno) }
        defer { close(descriptor) }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, info.ai_addr, info.ai_addrlen) == 0 else { throw .system(what, code: errno) }
        return try boundPort(of: descriptor, what: what)
    }

    private static func boundPort(of descriptor: Int32, what: String) throws(CommandFailure) -> Int {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let named = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        guard named == 0 else { throw .system(what, code: errno) }
        // The port is in the same place in an address of either family.
        return withUnsafeBytes(of: storage) { bytes in Int(bytes[2]) << 8 | Int(bytes[3]) }
    }
}
