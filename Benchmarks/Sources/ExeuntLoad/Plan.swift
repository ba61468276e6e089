import Foundation

/// What to send, to whom and for how long: the JSON that this program reads.
struct Plan: Decodable {
    enum Scenario: String, Decodable {
        /// Each request with the next of the tokens; around again at the end, unless `once` is set.
        case each
        /// Each connection exchanges refresh tokens of its own, each for its successor.
        case refresh
        /// Each connection ends the oldest of its sessions, then opens a new one.
        case turnover
        /// Each connection follows the log as a verifier does.
        case follow
        /// Each connection opens an event stream and holds it until standard input ends.
        case streams
    }

    /// Where the servers are; the connections take them in turn.
    var ports: [Int]
    var connections: Int
    var scenario: Scenario
    /// In this order: one for most scenarios; for `turnover` the ending, then the opening.
    var requests: [RequestTemplate]
    /// A file with a token a line.
    var tokens: String
    /// Where to write the tokens that are good when the run is over.
    var tokensLeft: String?
    /// For `turnover`: a file with a subject a line.
    var subjects: String?
    var once = false
    /// Never sleeps while it waits for answers: to wake a sleeper on another core costs the server as much as a check does,
    /// more so in a virtual machine, and a faster server, whose load never sleeps, would look better than it is.
    var staysAwake = false
    var warmupSeconds = 0.0
    var seconds = 1.0
    /// The processes whose CPU time is told, as one.
    var serverPids: [Int32]

    enum CodingKeys: CodingKey {
        case ports, connections, scenario, requests, tokens, tokensLeft, subjects, once, staysAwake, warmupSeconds,
            seconds, serverPids
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        ports = try values.decode([Int].self, forKey: .ports)
        connections = try values.decode(Int.self, forKey: .connections)
        scenario = try values.decode(Scenario.self, forKey: .scenario)
        requests = try values.decode([RequestTemplate].self, forKey: .requests)
        tokens = try values.decode(String.self, forKey: .tokens)
        tokensLeft = try values.decodeIfPresent(String.self, forKey: .tokensLeft)
        subjects = try values.decodeIfPresent(String.self, forKey: .subjects)
        once = try values.decodeIfPresent(Bool.self, forKey: .once) ?? once
        staysAwake = try values.decodeIfPresent(Bool.self, forKey: .staysAwake) ?? staysAwake
        warmupSeconds = try values.decodeIfPresent(Double.self, forKey: .warmupSeconds) ?? warmupSeconds
        seconds = try values.decodeIfPresent(Double.self, forKey: .seconds) ?? seconds
        serverPids = try values.decode([Int32].self, forKey: .serverPids)
    }

    /// The plan in a file.
    static func read(_ path: String) throws -> Plan {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Plan.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// The lines of a file.
    static func lines(_ path: String) throws -> [String] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// Writes lines to a file.
    static func write(_ lines: [String], to path: String) throws {
        try lines.map { $0 + "\n" }.joined().write(toFile: path, atomically: true, encoding: .utf8)
    }
}
