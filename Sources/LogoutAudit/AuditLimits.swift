/// Every cap of the auditor, with its unit and its reason.
package enum AuditLimits {
    /// Bytes of an answer that are read: more than any page of an application; a download need not be read to its end.
    package static let answerBytes = 1 << 20
    /// Redirects in a row: what browsers follow, and then call a loop.
    package static let redirects = 20
    /// How long an answer may take: longer than a slow sign-in, shorter than somebody's patience.
    package static let answerPatience = Duration.seconds(15)
    /// Characters of a body that a report shows: enough to tell a sign-in form from an account.
    package static let excerptCharacters = 300
    /// Requests a second, on this machine and elsewhere: a pace that no application takes for an attack.
    package static let rateOnLoopback = 100
    package static let rateElsewhere = 10
    /// How long what may live on is watched when nothing else is said.
    package static let patience = Duration.seconds(3)
    /// When what was refused after a sign-out is looked at again: after the usual caches of a second.
    package static let secondLook = Duration.seconds(2)
    /// How often a WebSocket is asked for another answer after the sign-out.
    package static let questionInterval = Duration.milliseconds(500)
    /// Bytes of a cookie's name and value (RFC 6265bis §5.6); browsers drop a longer one.
    package static let cookieBytes = 4096
    /// A value shorter than this is not looked for in texts: it would be found everywhere and means nothing there.
    package static let shortestSecret = 6
    /// Bits that a session's secret must have (ASVS 7.2.3), and below which it can be guessed (NIST 800-63B).
    package static let strongBits = 128
    package static let guessableBits = 64
    /// Exchanges that a finding shows: what a sceptic reads.
    package static let evidencePerFinding = 8
    /// How long a command that signs in may take: a browser that is started, and a slow page in it.
    package static let commandPatience = Duration.seconds(60)
    /// Bytes that it may print: the jar of a browser that has been everywhere.
    package static let commandOutputBytes = 1 << 20
    /// Bytes of what it says on standard error that are kept, and of those, characters from the end that are shown.
    package static let commandErrorBytes = 1 << 16
    package static let commandErrorCharacters = 600
}
