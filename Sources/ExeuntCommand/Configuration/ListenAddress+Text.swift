internal import Exeunt
internal import ExeuntHTTP

extension ListenAddress {
    /// The address of a text such as `127.0.0.1:8080`, `localhost:0` or `[::1]:8080`; nil for any other.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = UInt16(digits) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, !host.contains(where: { " /[]@".contains($0) }) else { return nil }
        self.init(host: String(host), port: Int(port))
    }

    /// Whether only this machine can reach it.
    var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        return AddressBlock("127.0.0.0/8")?.contains(host) == true
    }

    /// Whether it means every address of this machine.
    var isWildcard: Bool { host == "0.0.0.0" || host == "::" }

    /// The text of it, with this port in place of its own.
    func text(port: Int) -> String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
}
