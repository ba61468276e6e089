internal import Metrics

/// What the authority counts.
///
/// Each handle is made once, at its first use, after the metrics system has been set up.
enum AuthorityMetrics {
    static let opened = Counter(label: "exeunt_sessions_opened_total")
    static let resumed = Counter(label: "exeunt_remembered_logins_resumed_total")
    static let refreshed = outcome("exeunt_refreshes_total", "rotated")
    static let refreshRefused = outcome("exeunt_refreshes_total", "refused")
    static let refreshReused = outcome("exeunt_refreshes_total", "reused")
    static let signedIn = outcome("exeunt_sign_ins_total", "accepted")
    static let signInRefused = outcome("exeunt_sign_ins_total", "refused")
    static let signInThrottled = outcome("exeunt_sign_ins_total", "throttled")

    /// From the commit of an ending to the moment at which no verifier accepts what it ended.
    private static let settling = Timer(label: "exeunt_settling_seconds")

    private static let endedByReason: [EndingReason: Counter] = Dictionary(
        uniqueKeysWithValues: EndingReason.allCases.map { reason in
            (reason, Counter(label: "exeunt_sessions_ended_total", dimensions: [("reason", reason.rawValue)]))
        })

    static func ended(_ count: Int, because reason: EndingReason) {
        endedByReason[reason]?.increment(by: count)
    }

    static func settled(afterMilliseconds milliseconds: Int64) { settling.recordMilliseconds(milliseconds) }

    private static func outcome(_ label: String, _ outcome: String) -> Counter {
        Counter(label: label, dimensions: [("outcome", outcome)])
    }
}
