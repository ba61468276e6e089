internal import ArgumentParser
internal import LogoutAudit

/// Which servers an audit believes to be those that they say.
struct AuditTrustOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Certificates (PEM) that are trusted besides the system's.", valueName: "file"),
        completion: .file(extensions: ["pem", "crt"]))
    var ca: String?

    func transport() throws -> NetworkTransport {
        guard let ca else { return NetworkTransport() }
        do { return NetworkTransport(trusting: try TrustedCertificates(pemFile: ca)) } catch {
            throw CommandFailure(.couldNotTry, error.description)
        }
    }
}
