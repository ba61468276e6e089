/// Which Exeunt this is.
enum Version {
    /// By semantic versioning; the same as in the OpenAPI file.
    static let current = "0.1.0"
}
