import Foundation

/// What was seen while it counted.
struct Measurements {
    private var latencies: [[Int64]]
    private var statuses: [Int: Int] = [:]

    init(steps: Int) { latencies = Array(repeating: [], count: steps) }

    /// Notes an answer that took so many nanoseconds.
    mutating func add(_ nanoseconds: Int64, status: Int, step: Int) {
        latencies[step].append(nanoseconds)
        statuses[status, default: 0] += 1
    }

    /// The report of so many seconds, with the CPU time that the server and this program used in them.
    func report(steps: [String], seconds: Double, server: Double?, own: Double) -> Report {
        let count = latencies.reduce(0) { $0 + $1.count }
        return Report(
            seconds: seconds, requests: count, perSecond: Double(count) / seconds,
            serverCpuSeconds: server, serverCpuUsPerRequest: server.map { $0 * 1e6 / Double(max(count, 1)) },
            loadCpuSeconds: own,
            steps: Dictionary(
                uniqueKeysWithValues: zip(steps, latencies).map { ($0, Report.Step($1, seconds: seconds)) }),
            statuses: Dictionary(uniqueKeysWithValues: statuses.map { (String($0), $1) }))
    }
}
