/// What to keep of an answer, and under which name.
struct Pick: Hashable, Sendable {
    enum Way: Hashable, Sendable {
        case hidden(String)
        case meta(String)
        case cookie(String)
        /// A cookie as scripts read it, decoded.
        case decodedCookie(String)
        case header(String)
        case json(String)
        case regex(String)
    }

    var name: String
    var way: Way

    /// The value; nil where the answer does not have it.
    func value(in answer: WebAnswer, jar: CookieJar) -> String? {
        switch way {
        case .hidden(let name):
            return HTMLTag.all(in: answer.body).first { $0.name == "input" && $0.attributes["name"] == name }?
                .attributes["value"]
        case .meta(let name):
            return HTMLTag.all(in: answer.body).first { $0.name == "meta" && $0.attributes["name"] == name }?
                .attributes["content"]
        case .cookie(let name): return jar.cookie(named: name)?.value
        case .decodedCookie(let name): return jar.cookie(named: name).map { FormText.decoded($0.value) }
        case .header(let name): return answer.headers[name]
        case .json(let pointer): return JSONValue(text: answer.body)?[pointer: pointer]?.scalar
        case .regex(let pattern):
            guard let regex = try? Regex(pattern), let match = answer.body.firstMatch(of: regex) else { return nil }
            return match.output.count > 1
                ? match.output[1].substring.map(String.init) : String(answer.body[match.range])
        }
    }

    /// The way in words, for a message.
    var sought: String {
        switch way {
        case .hidden(let name): "an input named \(name)"
        case .meta(let name): "a meta element named \(name)"
        case .cookie(let name), .decodedCookie(let name): "a cookie \(name)"
        case .header(let name): "a header \(name)"
        case .json(let pointer): "a JSON value at \(pointer)"
        case .regex(let pattern): "a match of \(pattern)"
        }
    }
}
