internal import Settlement

/// One request that is to be made of a receiver.
package struct Dispatch: Hashable, Sendable {
    package enum What: Hashable, Sendable {
        case ended(EndedSession)
        case verification(Receiver.Verification)
    }

    package var receiver: Receiver
    package var what: What
    /// Which requests were under way together: when several of them fail, the receiver has failed once.
    package var round: Int

    package init(_ what: What, to receiver: Receiver, round: Int = 0) {
        self.what = what
        self.receiver = receiver
        self.round = round
    }

    /// Whether the receiver had failed before.
    var isTry: Bool { receiver.progress.failures > 0 }

    /// Its name, the same at each attempt.
    package var jti: String {
        switch what {
        case .ended(let ended): EventIdentifier.ended(ended.session, to: receiver.id)
        case .verification(let verification): EventIdentifier.verification(verification.id, to: receiver.id)
        }
    }
}
