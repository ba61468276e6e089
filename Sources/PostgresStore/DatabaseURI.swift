internal import CLibpq
internal import Foundation

/// Where a PostgreSQL database is: a connection URI of libpq ("Connection URIs"), with all its parameters.
package struct DatabaseURI: Hashable, Sendable, CustomStringConvertible {
    /// What a URI looks like, in words.
    package static let expectation =
        "a connection URI of PostgreSQL, such as postgres://exeunt@db.example.com/exeunt?sslmode=verify-full"

    /// The URI whole, with its password if it has one.
    let text: String

    /// The URI, or nil for what libpq cannot make sense of.
    package init?(_ text: String) {
        guard text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") else { return nil }
        guard let options = PQconninfoParse(text, nil) else { return nil }
        PQconninfoFree(options)
        self.text = text
    }

    /// The URI without its password, to be shown.
    package var description: String {
        guard let parts = URLComponents(string: text) else { return "postgres://***" }
        var shown = parts
        if parts.password != nil { shown.password = "***" }
        shown.queryItems = parts.queryItems?.map { item in
            item.name.lowercased().contains("password") ? URLQueryItem(name: item.name, value: "***") : item
        }
        return shown.string ?? "postgres://***"
    }
}
