/// A request and its answer.
package struct Exchange: Hashable, Sendable {
    package var request: WebRequest
    package var answer: WebAnswer

    package init(request: WebRequest, answer: WebAnswer) {
        self.request = request
        self.answer = answer
    }

    /// Where the answer sends the browser, when it is a redirect to somewhere on the web.
    package var redirect: WebAddress? {
        answer.isRedirect ? answer.headers["Location"].flatMap { request.address.resolving($0) } : nil
    }
}
