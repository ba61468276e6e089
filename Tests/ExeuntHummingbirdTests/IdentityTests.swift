import ExeuntVerifier
import Foundation
import Testing

@Suite struct IdentityTests {
    @Test func `a route can be tested with an identity that nobody has verified`() {
        let ada = Identity.forTesting(subject: "ada", authenticatedAt: Date(timeIntervalSince1970: 1000))
        #expect(ada.subject == "ada")
        #expect(ada.authenticatedAt == Date(timeIntervalSince1970: 1000))
        #expect(ada == .forTesting(subject: "ada"))
        #expect(ada != .forTesting(subject: "grace"))
        let elsewhere = Identity.forTesting(subject: "ada", session: 2)
        #expect(ada != elsewhere)
        #expect(ada.sessionID != elsewhere.sessionID)
    }
}
