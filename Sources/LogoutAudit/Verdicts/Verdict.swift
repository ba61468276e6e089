/// What a probe has come to.
package enum Verdict: String, CaseIterable, Hashable, Sendable {
    case pass
    case fail
    /// It works, and could be better; or it is not certain that it matters here.
    case warning
    /// There is nothing here that the probe is about.
    case notApplicable = "not-applicable"
    /// The answers do not decide it; never a guess.
    case couldNotTell = "could-not-tell"
}
