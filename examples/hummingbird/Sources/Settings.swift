import ExeuntVerifier

/// What the application is told by its environment.
struct Settings {
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    let port: Int
    let verifier: VerifierConfiguration
    /// `name:password` for each user; made up at the start if there are none.
    let passwords: String?
    /// Where browsers find it, behind a proxy that speaks TLS; by itself it is plain http, for this machine alone.
    private let url: String?

    init(environment: [String: String]) throws {
        func value(_ name: String) throws -> String {
            guard let value = environment[name], !value.isEmpty else {
                throw Missing(description: "\(name) is not set; examples/hummingbird/run.sh sets all that is needed")
            }
            return value
        }
        port = Int(environment["NOTES_PORT"] ?? "") ?? 8101
        passwords = environment["NOTES_PASSWORDS"]
        url = environment["NOTES_URL"]
        var verifier = VerifierConfiguration(
            issuer: try value("NOTES_AUTHORITY"), clientID: try value("NOTES_CLIENT_ID"),
            clientSecret: ClientSecret(try value("NOTES_CLIENT_SECRET")))
        verifier.endpoint = environment["NOTES_AUTHORITY_ENDPOINT"]
        let lease = environment["NOTES_LEASE_MILLISECONDS"].flatMap(Int.init).map { Duration.milliseconds($0) }
        // Following is the usual; asking is for whoever may not hold a connection.
        verifier.mode = environment["NOTES_MODE"] == "introspection" ? .introspection() : .feed(lease: lease)
        self.verifier = verifier
    }

    /// Where browsers find it.
    var origins: [String] { url.map { [$0] } ?? ["http://localhost:\(port)", "http://127.0.0.1:\(port)"] }

    /// Whether browsers come over TLS.
    var isSecure: Bool { url?.hasPrefix("https:") ?? false }
}
