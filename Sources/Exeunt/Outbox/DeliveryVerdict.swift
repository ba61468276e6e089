internal import Foundation

/// What becomes of a request to a receiver.
package enum DeliveryVerdict: Hashable, Sendable {
    /// It has been told.
    case taken
    /// It does not take this event, and never will: the event is given up, and others may be taken.
    case refused(String)
    /// Nothing is known, or it is not as it should be: it is tried again, after so long if it has said so.
    case trouble(String, retryAfter: Duration? = nil)
    /// It is not there any more and wants to hear nothing.
    case gone(String)

    /// Why it has not been taken, for an operator.
    package var why: String? {
        switch self {
        case .taken: nil
        case .refused(let why), .trouble(let why, _), .gone(let why): why
        }
    }

    /// Statuses between 400 and 499 that are about the receiver, and not about what it was told.
    private static let ofTheReceiver: Set<Int> = [
        401, 402, 403, 404, 405, 407, 408, 410, 415, 421, 423, 425, 426, 429, 451,
    ]
    /// Reasons of a 400 to a push that are likewise (RFC 8935 §2.4); a key can be unknown until its set is fetched again.
    private static let errorsOfTheReceiver: Set<String> = ["authentication_failed", "access_denied", "invalid_key"]

    private struct PushError: Decodable {
        var err: String?
        var description: String?
    }

    /// What a receiver's answer means.
    package init(_ answer: OutgoingAnswer, from kind: Receiver.Kind, at now: Timestamp) {
        switch answer.status {
        case let status where kind.isSuccess(status): self = .taken
        case 410 where kind == .webhook: self = .gone("answered 410")
        case 400..<500 where !Self.ofTheReceiver.contains(answer.status):
            let error = kind == .eventPush ? Self.pushError(in: answer.body) : nil
            let why = Self.reason(answer, error)
            let isOfTheReceiver = error?.err.map(Self.errorsOfTheReceiver.contains) ?? false
            self = isOfTheReceiver ? .trouble(why) : .refused(why)
        default:
            self = .trouble(Self.reason(answer, nil), retryAfter: answer.retryAfter(at: now))
        }
    }

    /// What it means that there is no answer.
    package init(_ failure: OutgoingFailure) {
        let why =
            switch failure {
            case .refused(let why): "not allowed: \(why)"
            case .unreachable(let why): why
            case .unusable(let why): "an answer that is none: \(why)"
            }
        self = .trouble(why.clipped(toBytes: Limits.failureBytes))
    }

    private static func reason(_ answer: OutgoingAnswer, _ error: PushError?) -> String {
        var why = "answered \(answer.status)"
        if (200..<300).contains(answer.status) { why += ", which is not what is prescribed" }
        let words = [error?.err, error?.description].compactMap(\.self).joined(separator: ": ")
        if !words.isEmpty { why += " (\(words))" }
        return why.clipped(toBytes: Limits.failureBytes)
    }

    private static func pushError(in body: [UInt8]) -> PushError? {
        try? JSONDecoder().decode(PushError.self, from: Data(body))
    }
}

extension Receiver.Kind {
    /// Whether a status says that it has been told.
    fileprivate func isSuccess(_ status: Int) -> Bool {
        switch self {
        // RFC 8935 §2.2.
        case .eventPush, .eventPoll: status == 202
        // OpenID Connect Back-Channel Logout 1.0 §2.8: some frameworks make a 204 of it.
        case .backChannelLogout: status == 200 || status == 204
        case .webhook: (200..<300).contains(status)
        }
    }
}

extension OutgoingAnswer {
    /// A date as HTTP writes it (RFC 9110 §5.6.7).
    private static var date: DateFormatter {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter
    }

    /// How long whoever answers wants to be left alone (RFC 9110 §10.2.3), as far as that is heeded.
    fileprivate func retryAfter(at now: Timestamp) -> Duration? {
        guard let text = headers["retry-after"] else { return nil }
        let wanted: Duration
        if let seconds = Int64(text), seconds >= 0 {
            wanted = .seconds(min(seconds, Limits.longestRetryAfter.components.seconds))
        } else if let date = Self.date.date(from: text) {
            wanted = .seconds(date.timeIntervalSince1970) - .milliseconds(now.milliseconds)
        } else {
            return nil
        }
        return max(.zero, min(wanted, Limits.longestRetryAfter))
    }
}
