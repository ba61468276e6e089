internal import NIOCore

/// A request as a browser sends it to a proxy (RFC 9112 §3.2).
struct GateRequest: Hashable, Sendable {
    var method: String
    /// Where it goes: of a `CONNECT` the host and the port alone.
    var address: WebAddress
    /// Without those that are for the proxy.
    var headers: HeaderFields
    /// Bytes of the body.
    var length: Int

    var isTunnel: Bool { method == "CONNECT" }

    /// The bytes of a request's head, its empty line included; nil where it is not complete.
    static func headBytes(in buffer: ByteBuffer) -> Int? {
        let end = Array("\r\n\r\n".utf8)
        return buffer.readableBytesView.firstRange(of: end).map { $0.upperBound - buffer.readerIndex }
    }

    /// Headers of one connection (RFC 9110 §7.6.1).
    static let ofOneConnection: Set<String> = [
        "connection", "proxy-connection", "proxy-authorization", "proxy-authenticate", "keep-alive", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]

    /// Nil for what is no request to a proxy.
    init?(head: String) {
        var lines = head.split(separator: "\r\n", omittingEmptySubsequences: true)
        guard !lines.isEmpty else { return nil }
        let parts = lines.removeFirst().split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2].hasPrefix("HTTP/1.") else { return nil }
        method = String(parts[0])
        let target = method == "CONNECT" ? "https://" + parts[1] : String(parts[1])
        guard let address = WebAddress(target) else { return nil }
        self.address = address
        var all = HeaderFields()
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            all.add(String(line[..<colon]), line[line.index(after: colon)...].trimmed)
        }
        // Browsers say how long a body is; of what comes in pieces nothing is let through.
        guard all["Transfer-Encoding"] == nil, let length = all["Content-Length"].map({ Int($0) }) ?? 0,
            (0...AuditLimits.gateBodyBytes).contains(length)
        else { return nil }
        self.length = length
        headers = HeaderFields(
            all.fields.filter { !Self.ofOneConnection.contains($0.name.lowercased()) && $0.name.lowercased() != "host" }
                .map { ($0.name, $0.value) })
    }
}
