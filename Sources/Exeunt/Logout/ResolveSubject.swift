extension Authority {
    /// The subject that an identifier names, or nil when nobody here has that address.
    ///
    /// A name that has never had a session is a subject like any other: whoever authenticates people knows them, and the
    /// authority does not. Throws `invalidArgument` for another issuer's subject and for a format that names nobody here.
    package func subject(named identifier: SubjectIdentifier) async throws(AuthorityError) -> Subject? {
        switch identifier {
        case .opaque(let name): return try subject(name)
        case .issuerSubject(let issuer, let name):
            guard issuer == policy.issuer else {
                throw .invalidArgument("the issuer of our subjects is \(policy.issuer)")
            }
            return try subject(name)
        case .email(let address): return try await store.account(email: SignIn.normalized(address))?.subject
        case .other: throw .invalidArgument("format is opaque, iss_sub or email")
        }
    }

    private func subject(_ name: String) throws(AuthorityError) -> Subject {
        guard let subject = Subject(name) else {
            throw .invalidArgument("a subject has 1 to \(Limits.subjectBytes) bytes and no control characters")
        }
        return subject
    }
}
