#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A connection to a Redis on this machine that waits for each answer: the least that a check over the network takes.
final class RedisConnection {
    private let socket: Int32
    private var answer = [UInt8](repeating: 0, count: 512)

    struct Failed: Error { var what: String }

    init(port: UInt16) throws {
        #if canImport(Glibc)
            socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            socket = Darwin.socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failed(what: "connect") }
        var yes: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(socket) }

    /// Asks for a key that is not there, as a session that has not been revoked is.
    func get(_ key: String) throws {
        let question = "*2\r\n$3\r\nGET\r\n$\(key.utf8.count)\r\n\(key)\r\n"
        var text = question
        let sent = text.withUTF8 { send(socket, $0.baseAddress, $0.count, 0) }
        guard sent == question.utf8.count else { throw Failed(what: "send") }
        let received = recv(socket, &answer, answer.count, 0)
        guard received == 5, answer[0] == UInt8(ascii: "$") else { throw Failed(what: "GET") }
    }
}
