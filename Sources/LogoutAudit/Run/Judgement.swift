/// Whether an answer is one for somebody who is signed in.
enum Judgement: Hashable, Sendable {
    case accepted
    case refused
    /// It is like neither, for this reason.
    case unclear(String)
}
