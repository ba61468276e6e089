/// A target file in the making: what was seen of a site, and what is left for its owner to say.
package struct TargetDraft: Sendable {
    package var base: WebAddress
    /// Further hosts that the steps lead to, with their ports.
    package var hosts: [String] = []
    /// The names in the environment of the user's name and password.
    package var userVariable = "AUDIT_USER"
    package var passwordVariable = "AUDIT_PASSWORD"
    var signIn: [Step] = []
    var signOut: [Step] = []
    package var protected: [String] = []
    var refusal = Target.Refusal()
    var headers: [Step.Named] = []
    var access: Target.TokenPlace?
    var refresh: Target.Refresh?
    /// Where the keys are that tokens are signed with.
    var publicKey: String?
    var remember: Target.Remember?
    /// The sign-in with remember-me, where the cookie that it sets is not known.
    var rememberSteps: [Step] = []
    var everywhere: [Step] = []
    var others: [Step] = []
    var devices: Target.Devices?
    var passwordChange: [Step] = []
    var eventStreams: [String] = []
    var webSockets: [String] = []
    /// The names of the cookies that the sign-in set, with what is missing of each.
    package var cookies: [String] = []
    /// Whether signing in worked; nil where it was not tried.
    package var hasSignedIn: Bool?
    /// What else its owner should know, a sentence each.
    package var notes: [String] = []

    package init(base: WebAddress) { self.base = base }

    /// Whether there is enough of it to be tried.
    package var isComplete: Bool { !signIn.isEmpty && !signOut.isEmpty && !protected.isEmpty }

    /// Picks the other signed tokens of an answer, to see whether one is taken for another.
    static func pickTokens(of answer: WebAnswer, in steps: inout [Step], besides known: Set<String>) {
        guard let last = steps.indices.last, let value = JSONValue(text: answer.body) else { return }
        for leaf in RecordedBody.json(value).leaves where leaf.value.hasPrefix("eyJ") && !known.contains(leaf.value) {
            guard let pointer = value.pointer(to: leaf.value) else { continue }
            let pick = Pick(name: FieldWords.pickName(leaf.name), way: .json(pointer))
            let isThere = steps[last].picks.contains { $0.name == pick.name || $0.way == pick.way }
            if !isThere { steps[last].picks.append(pick) }
        }
    }

    /// The file, with comments that say what to check and what else can be said.
    package var text: String { TargetDraftText(draft: self).text }
}
