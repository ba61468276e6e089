/// A request and its answer.
package struct Exchange: Hashable, Sendable {
    package var request: WebRequest
    package var answer: WebAnswer
    /// From the request to the end of the answer.
    package var elapsed: Duration

    package init(request: WebRequest, answer: WebAnswer, elapsed: Duration = .zero) {
        self.request = request
        self.answer = answer
        self.elapsed = elapsed
    }

    /// Where the answer sends the browser, when it is a redirect to somewhere on the web.
    package var redirect: WebAddress? {
        answer.isRedirect ? answer.headers["Location"].flatMap { request.address.resolving($0) } : nil
    }
}
