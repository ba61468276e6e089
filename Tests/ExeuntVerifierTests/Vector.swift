import ExeuntVerifier
import Foundation
import Settlement
import Testing

/// A file of cases that the verifiers of all languages run; clients/vectors/README.md says what each step means.
struct VectorFile: Decodable, Sendable {
    var issuer: String
    var audience: String
    var clockSkewMs: Int64
    var momentMs: Int64
    var wallMs: Int64
    var keys: String
    var scenarios: [Scenario]

    struct Scenario: Decodable, Sendable {
        var name: String
        var steps: [Step]
    }

    struct Step: Decodable, Sendable {
        var `do`: String
        var milliseconds: Int64?
        var byMilliseconds: Int64?
        var name: String?
        var text: String?
        var to: String?
        var taken: Bool?
        var token: String?
        var found: String?
        var applied: UInt64?
        var held: Int?
        var live: Bool?
    }

    private static let folder = URL(filePath: #filePath).appending(path: "../../../clients/vectors").standardized

    static let names = ["tokens", "revocations", "snapshots", "leases", "keys", "answers"]

    init(_ name: String) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(
            Self.self, from: Data(contentsOf: Self.folder.appending(path: "\(name).json")))
    }

    /// What the clocks say when a scenario begins.
    var start: ClockReading { ClockReading(moment: Moment(milliseconds: momentMs), wall: wallMs) }
}

/// One scenario, by the name of its file, so that a failure says where to look.
struct Vector: Sendable, CustomTestStringConvertible {
    var file: String
    var scenario: VectorFile.Scenario

    var testDescription: String { "\(file): \(scenario.name)" }

    static func all() throws -> [Vector] {
        try VectorFile.names.flatMap { name in
            try VectorFile(name).scenarios.map { Vector(file: name, scenario: $0) }
        }
    }
}
