internal import ArgumentParser
internal import Exeunt

/// The command `exeunt keys rotate`.
struct KeysRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Make a new signing key.",
        discussion: """
            It is in the key set at once, and signs as soon as every server and verifier has had the time to fetch it. \
            The key before it stays trusted until the last token that it signed has expired.
            """)

    @OptionGroup var options: CommonOptions

    private struct Answer: Encodable {
        var kid: String
        var algorithm: String
        var replaced: String
        var signsFrom: String
    }

    func run() async throws {
        try await options.withAuthority { authority in try await rotate(authority) }
    }

    private func rotate(_ authority: Authority) async throws {
        let replaced = authority.signingKeys.newest.id
        guard let kid = try await authority.rotateSigningKey(by: .commandLine) else {
            throw CommandFailure(.notSo, "another process has just made a new signing key")
        }
        let start = authority.signingKeys.newest.createdAt + Limits.keyAnnouncement
        let answer = Answer(
            kid: kid, algorithm: authority.policy.signingAlgorithm.rawValue, replaced: replaced, signsFrom: start.text)
        if options.json {
            try Output.json(answer)
        } else {
            try Output.write(
                """
                The key \(answer.kid) (\(answer.algorithm)) signs in place of \(answer.replaced) from \(answer.signsFrom) on.

                """)
        }
    }
}
