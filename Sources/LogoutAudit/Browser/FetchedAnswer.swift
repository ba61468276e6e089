/// What a page's own script was answered.
struct FetchedAnswer: Hashable, Sendable {
    /// As somebody's visit, who followed where it led.
    var visit: [Exchange]

    /// An item of what ``BrowserScripts/fetched`` returns; nil where there was no answer.
    init?(_ value: JSONValue?, path: String, base: WebAddress) {
        guard let value, let status = value[pointer: "/0"]?.scalar.flatMap({ Int($0) }), status > 0,
            let asked = base.resolving(path)
        else { return nil }
        let last = WebAddress(value[pointer: "/1"]?.scalar ?? "") ?? asked
        let answer = WebAnswer(
            status: status, headers: ["Content-Type": value[pointer: "/2"]?.scalar ?? ""],
            body: value[pointer: "/3"]?.scalar ?? "")
        visit = [Exchange(request: WebRequest("GET", last), answer: answer)]
        if last != asked {
            let redirect = WebAnswer(status: 302, headers: ["Location": last.description])
            visit.insert(Exchange(request: WebRequest("GET", asked), answer: redirect), at: 0)
        }
    }
}
