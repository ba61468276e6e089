internal import Crypto
internal import Foundation

extension DeliveryScript {
    /// The name by which Redis knows the script once it has seen it: its SHA-1, in hexadecimal (`EVALSHA`).
    static let digest = Insecure.SHA1.hash(data: Data(text.utf8)).map { byte in
        let text = String(byte, radix: 16)
        return byte < 16 ? "0" + text : text
    }.joined()
}
