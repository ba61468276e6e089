/// The request of a recording that signed in, with what was typed.
struct RecordedSignIn: Sendable {
    var index: Int
    var user: String?
    var password: String
    /// Whether the answer says that it worked, as far as can be seen.
    var worked: Bool

    /// Finds it; `user` and `password` are those of the environment, where they are known.
    init?(in exchanges: [Exchange], user: String?, password: String?) {
        let candidates = exchanges.indices.compactMap { index -> RecordedSignIn? in
            let request = exchanges[index].request
            let leaves =
                RecordedBody(request).leaves + (request.isSafe ? RecordedBody.pairs(request.address.query ?? "") : [])
            let passwords = leaves.filter { leaf in
                !leaf.value.isEmpty && (FieldWords.isPassword(leaf.name) || leaf.value == password)
            }
            // Two of them are a new account or a new password.
            guard passwords.count == 1, let typed = passwords.first?.value else { return nil }
            return RecordedSignIn(
                index: index, user: Self.user(in: leaves, known: user), password: typed,
                worked: Self.worked(exchanges[index]))
        }
        guard var found = candidates.first(where: \.worked) ?? candidates.first else { return nil }
        if found.user == nil {
            // The name was asked for on a page of its own.
            let before = exchanges[..<found.index].filter { !$0.request.isSafe }
            found.user =
                before.reversed().lazy.compactMap {
                    Self.user(in: RecordedBody($0.request).leaves, known: user)
                }.first
        }
        self = found
    }

    private init(index: Int, user: String?, password: String, worked: Bool) {
        (self.index, self.user, self.password, self.worked) = (index, user, password, worked)
    }

    private static func user(in leaves: [RecordedBody.Leaf], known: String?) -> String? {
        if let known, leaves.contains(where: { $0.value == known }) { return known }
        return leaves.first { FieldWords.isUser($0.name) && !$0.value.isEmpty }?.value
    }

    private static func worked(_ exchange: Exchange) -> Bool {
        let answer = exchange.answer
        guard answer.status < 400 else { return false }
        return !(answer.isHTML && HTMLForm.all(in: answer.body).contains(where: \.hasPassword))
    }
}
