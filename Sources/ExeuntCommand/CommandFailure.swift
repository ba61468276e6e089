internal import Exeunt

/// Why a command did not do what it was asked, in a sentence for its user.
struct CommandFailure: Error, Sendable {
    let status: ExitStatus
    /// One line or a few, without a full stop at the end of the last.
    let message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }
}

extension CommandFailure {
    /// What an error of the authority means at the command line.
    init(_ error: AuthorityError) {
        switch error {
        case .storeUnavailable(let reason): self.init(.couldNotTry, "the database cannot be used: \(reason)")
        case .storeUndecided(let reason):
            self.init(.couldNotTry, "the database went away meanwhile, so it was done or not; run it again: \(reason)")
        case .storeIsBehind(let reason): self = .behind(reason)
        case .overloaded: self.init(.couldNotTry, "too much is waiting already; try again")
        case .invalidArgument(let text): self.init(.couldNotTry, text)
        case .invalidCredential: self.init(.notSo, "the credential opens nothing")
        case .subjectNotFound: self.init(.notSo, "there is no such subject")
        case .sessionNotFound: self.init(.notSo, "there is no such session, or it is over")
        case .tooManySessions: self.init(.notSo, "the subject has as many sessions as the policy allows")
        case .upstreamEnded: self.init(.notSo, "the provider has ended that session")
        case .tooManyReceivers: self.init(.notSo, "there are as many receivers as there may be; remove one first")
        case .clientNotFound: self.init(.notSo, "there is no such client")
        case .followerElsewhere: self.init(.notSo, "a verifier of that name follows elsewhere")
        case .alreadyExists: self.init(.notSo, "it exists already")
        case .throttled(let wait): self.init(.couldNotTry, "too many attempts; try again in \(wait)")
        case .corrupted(let text): self.init(.couldNotTry, text)
        }
    }

    /// A call of the operating system that failed, in its own words.
    static func system(_ what: String, code: Int32) -> CommandFailure {
        CommandFailure(.couldNotTry, "\(what): \(SystemError.text(of: code))")
    }
}
