import NIOCore

/// Each connection ends the oldest of its sessions and opens a new one, so that as many stay stored.
struct TurnoverScript: Script {
    private struct Owned {
        var tokens: ArraySlice<String> = []
        var isOpening = false
    }

    private let ending: RequestTemplate
    private let opening: RequestTemplate
    private let subjects: [String]
    private var nextSubject = 0
    private var owned: [Owned]

    init(ending: RequestTemplate, opening: RequestTemplate, tokens: [String], subjects: [String], connections: Int) {
        self.ending = ending
        self.opening = opening
        self.subjects = subjects
        owned = Array(repeating: Owned(), count: connections)
        for (index, token) in tokens.enumerated() { owned[index % connections].tokens.append(token) }
    }

    var steps: [String] { [ending.name, opening.name] }

    mutating func write(for connection: Int, to buffer: inout ByteBuffer) -> Int? {
        if owned[connection].isOpening {
            opening.write(subjects[nextSubject], to: &buffer)
            nextSubject = (nextSubject + 1) % subjects.count
            return 1
        }
        guard let token = owned[connection].tokens.popFirst() else { return nil }
        ending.write(token, to: &buffer)
        return 0
    }

    mutating func took(_ answer: Answer, of step: Int, for connection: Int) {
        owned[connection].isOpening = step == 0
        if step == 1, let token = answer.member("session_token") { owned[connection].tokens.append(token) }
    }

    var tokensLeft: [String] { owned.flatMap(\.tokens) }
}
