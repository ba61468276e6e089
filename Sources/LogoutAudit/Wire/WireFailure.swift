/// Why a request has no answer.
package enum WireFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The host is not one of the target file's, and nothing was sent.
    case foreignHost(String)
    /// There was no answer, for this reason.
    case noAnswer(String)

    package var description: String {
        switch self {
        case .foreignHost(let host): "\(host) is not among the hosts of the target file, and is not contacted"
        case .noAnswer(let reason): "there was no answer: \(reason)"
        }
    }
}
