/// A file that should hold certificates, and does not.
package struct UnusableCertificates: Error, Hashable, Sendable, CustomStringConvertible {
    let path: String

    package var description: String { "\(path) cannot be read, or holds no certificate in PEM" }
}
