internal import NIOCore
internal import Settlement
internal import Synchronization

/// The feed's answers as verifiers read them.
///
/// Those who follow are mostly told the same, all at once; so the last texts are kept, and they share them.
final class FeedTexts: Sendable {
    private let newest = Mutex<[(answer: FeedAnswer, text: ByteBuffer)]>([])

    /// The text of an answer.
    func text(of answer: FeedAnswer) -> ByteBuffer {
        if let known = newest.withLock({ $0.first { $0.answer == answer } }) { return known.text }
        let text = answer.json
        newest.withLock { newest in
            newest.insert((answer, text), at: 0)
            if newest.count > HTTPLimits.feedTexts { newest.removeLast() }
        }
        return text
    }
}

extension FeedAnswer {
    /// The answer in JSON; written by hand, since it may have ten thousand records.
    fileprivate var json: ByteBuffer {
        var body = ByteBuffer()
        body.reserveCapacity(200 + 100 * revocations.count)
        body.writeString(#"{"node":"#)
        body.writeJSON(node)
        body.writeString(#","after":\#(after),"head":\#(through),"snapshot":\#(after == 0),"keys_version":"#)
        body.writeJSON(keysVersion)
        body.writeString(#","lease_ms":\#(leaseMilliseconds),"revocations":["#)
        for (index, revocation) in revocations.enumerated() {
            body.writeString(index == 0 ? "{" : ",{")
            revocation.write(to: &body)
            body.writeString("}")
        }
        body.writeString("]}")
        return body
    }
}

extension Revocation {
    fileprivate func write(to body: inout ByteBuffer) {
        body.writeString(#""seq":\#(seq),"#)
        switch target {
        case .token(let id):
            body.writeString(#""kind":"token","id":"#)
            body.writeJSON(id)
        case .session(let id):
            body.writeString(#""kind":"session","id":"#)
            body.writeJSON(id)
        case .subject(let subject, let version, let except):
            body.writeString(#""kind":"subject","subject":"#)
            body.writeJSON(subject)
            body.writeString(#","version":\#(version)"#)
            if let except {
                body.writeString(#","except":"#)
                body.writeJSON(except)
            }
        case .all(let epoch):
            body.writeString(#""kind":"all","version":\#(epoch)"#)
        }
        // Seconds since 1970 (NumericDate, RFC 7519 §2), rounded up.
        body.writeString(#","until":\#((until + 999) / 1000)"#)
    }
}
