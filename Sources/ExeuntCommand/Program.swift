package import PostgresStore

/// Which Exeunt this is.
package struct Program: Sendable {
    /// By semantic versioning; the same as in the OpenAPI file.
    package let version: String
    /// The tables that it makes in PostgreSQL.
    package let schema: Schema

    /// The one that runs; only a test of upgrades puts another in its place.
    @TaskLocal package static var current = Program(version: "0.1.0", schema: .current)

    package init(version: String, schema: Schema) {
        self.version = version
        self.schema = schema
    }
}
