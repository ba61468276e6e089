/// How many tokens were checked, by what was found.
///
/// Counted under the lock that a check holds anyway, and handed on to the metrics from time to time.
struct CheckCounts: Sendable {
    enum Result: Int, CaseIterable {
        case accepted, malformed, wrongType, unknownKey, badSignature, wrongIssuer, wrongAudience, notYetValid, expired
        case ended, stale

        init(_ error: VerificationError) {
            self =
                switch error {
                case .malformed: .malformed
                case .wrongType: .wrongType
                case .unknownKey: .unknownKey
                case .badSignature: .badSignature
                case .wrongIssuer: .wrongIssuer
                case .wrongAudience: .wrongAudience
                case .notYetValid: .notYetValid
                case .expired: .expired
                case .ended: .ended
                case .stale: .stale
                }
        }

        /// The name in snake_case, as metrics have it.
        var label: String {
            switch self {
            case .wrongType: "wrong_type"
            case .unknownKey: "unknown_key"
            case .badSignature: "bad_signature"
            case .wrongIssuer: "wrong_issuer"
            case .wrongAudience: "wrong_audience"
            case .notYetValid: "not_yet_valid"
            default: "\(self)"
            }
        }
    }

    private var counts = [UInt64](repeating: 0, count: Result.allCases.count)
    var cacheHits: UInt64 = 0

    subscript(result: Result) -> UInt64 { counts[result.rawValue] }

    mutating func count(_ result: Result) { counts[result.rawValue] += 1 }

    var byResult: [String: UInt64] {
        Dictionary(uniqueKeysWithValues: Result.allCases.map { ($0.label, self[$0]) })
    }
}
