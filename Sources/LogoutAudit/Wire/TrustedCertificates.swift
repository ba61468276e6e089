internal import NIOSSL

/// Certificates that an audit trusts besides those that the system trusts: of a company's own authority, or of a test.
package struct TrustedCertificates: Sendable {
    private let certificates: [NIOSSLCertificate]

    /// None besides the system's.
    package init() { certificates = [] }

    /// Those of a PEM file.
    package init(pemFile path: String) throws(UnusableCertificates) {
        do { certificates = try NIOSSLCertificate.fromPEMFile(path) } catch {
            throw UnusableCertificates(path: path)
        }
        guard !certificates.isEmpty else { throw UnusableCertificates(path: path) }
    }

    /// How TLS is spoken with a server of the target.
    var configuration: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.additionalTrustRoots = [.certificates(certificates)]
        return configuration
    }
}
