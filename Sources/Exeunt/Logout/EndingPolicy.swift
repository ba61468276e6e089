/// What ends what: which sessions an event of an account ends.
package struct EndingPolicy: Hashable, Sendable {
    package enum Scope: String, Hashable, Sendable, CaseIterable {
        /// All sessions but the one that the event came from.
        case others
        /// All sessions, that one too.
        case all
    }

    package var passwordChanged: Scope = .others
    package var emailChanged: Scope = .others
    package var factorChanged: Scope = .others

    package init() {}

    /// Which sessions `event` ends; those that are not settings end everything.
    package func scope(of event: SubjectEvent) -> Scope {
        switch event {
        case .passwordChanged: passwordChanged
        case .emailChanged: emailChanged
        case .factorChanged: factorChanged
        case .passwordReset, .securityConcern, .accountDisabled, .accountDeleted: .all
        }
    }
}
