internal import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import Settlement

/// How a sign-out tells that servers are left that may not know of it yet.
extension Surface {
    /// The authority for a person who waits: a sign-out is answered when it is settled, or soon.
    var patiently: Authority { authority.waiting(.atMost(Limits.browserPatience)) }

    /// One of our own pages, told by when what was ended is settled, if it is not yet, and where to lead from there.
    func page(_ path: String, after receipt: LogoutReceipt, thenTo next: String? = nil) -> String {
        guard let moment = receipt.overBy else { return path }
        let told = path + (path.contains("?") ? "&" : "?") + "settles_by=" + moment.rfc3339
        return next.map { told + "&return_to=" + FormFields.escape($0) } ?? told
    }

    /// What such a page says; nothing when it was told nothing, or no time of day that can be meant.
    func settlingText(_ query: FormFields) -> String? {
        query["settles_by"].flatMap { Timestamp(rfc3339: $0) }.flatMap(settlingText)
    }

    func settlingText(until moment: Timestamp) -> String? {
        let left = moment.since(authority.environment.now())
        // Anybody can make up such an address: it may warn, but not promise.
        guard left > .zero, left.milliseconds < 2 * LeaseTerms.longestThinkableMilliseconds else { return nil }
        return """
            A server that could not be reached just now may still accept it, until \(moment.timeOfDay) at the latest. \
            Everything else has dropped it.
            """
    }
}

extension Request {
    /// How long a caller wants to wait for a sign-out to be settled (`Prefer`, RFC 7240 §4.1 and §4.3).
    var patience: Patience {
        let preferences = headers[values: .prefer].joined(separator: ",").split(separator: ",").map {
            $0.prefix { $0 != ";" }.filter { !$0.isWhitespace }.lowercased()
        }
        if preferences.contains("respond-async") { return .none }
        let wait = preferences.first { $0.hasPrefix("wait=") }.flatMap { Int($0.dropFirst(5)) }
        return wait.map { .atMost(.seconds(min(max($0, 0), 3600))) } ?? .untilSettled
    }
}

extension HTTPField.Name {
    static let prefer = fieldName("Prefer")
    static let preferenceApplied = fieldName("Preference-Applied")
}
