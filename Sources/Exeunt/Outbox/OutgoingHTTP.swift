/// A request that we make of somebody else.
package struct OutgoingRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    package var method: Method
    package var url: String
    /// Names and values; none of them may be a line.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// For the whole of it, from looking up the name to the last byte.
    package var timeout: Duration
    /// Bytes of an answer's body that are read; a longer one is a failure.
    package var answerBytes: Int

    package init(
        _ method: Method, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        timeout: Duration = Limits.outgoingTimeout, answerBytes: Int = Limits.outgoingAnswerBytes
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.answerBytes = answerBytes
    }
}

/// What somebody else answers.
package struct OutgoingAnswer: Sendable {
    package var status: Int
    /// By their names in lower case; of several with one name the last.
    package var headers: [String: String]
    package var body: [UInt8]

    package init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Why there is no answer.
package enum OutgoingFailure: Error, Hashable, Sendable {
    /// The address is none that we may talk to: not https, or a name that leads inside; the text says which.
    case refused(String)
    /// Nobody answered in time, or the connection broke; the text says what happened, for an operator.
    case unreachable(String)
    /// The answer is larger than allowed, or none of HTTP.
    case unusable(String)

    /// What happened, for an operator.
    package var text: String {
        switch self {
        case .refused(let text), .unreachable(let text), .unusable(let text): text
        }
    }
}

/// The way out: requests to addresses that other people have named.
///
/// It talks https alone, and http to addresses that an operator has allowed; it never connects to a loopback, private, link-local or
/// otherwise special address unless an operator has allowed it, whatever a name resolves to; it follows no redirect; it ends
/// after the request's time and size. An answer of any status is an answer.
package protocol OutgoingHTTP: Sendable {
    func send(_ request: OutgoingRequest) async throws(OutgoingFailure) -> OutgoingAnswer

    /// Whether an address could be talked to as far as its text tells, for whoever registers one; throws `refused` when not.
    func admit(_ url: String) throws(OutgoingFailure)
}
