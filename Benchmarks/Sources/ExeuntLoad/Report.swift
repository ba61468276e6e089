import Foundation

/// What this program prints.
struct Report: Encodable {
    struct Step: Encodable {
        var requests: Int
        var perSecond: Double
        var p50Ms: Double
        var p99Ms: Double
        var worstMs: Double

        init(_ nanoseconds: [Int64], seconds: Double) {
            let sorted = nanoseconds.sorted()
            func at(_ share: Double) -> Double {
                sorted.isEmpty ? 0 : Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1e6
            }
            requests = sorted.count
            perSecond = Double(sorted.count) / seconds
            p50Ms = at(0.5)
            p99Ms = at(0.99)
            worstMs = at(1)
        }
    }

    var seconds: Double
    var requests: Int
    var perSecond: Double
    var serverCpuSeconds: Double?
    var serverCpuUsPerRequest: Double?
    var loadCpuSeconds: Double
    var steps: [String: Step]
    var statuses: [String: Int]
    var failures: [String] = []

    func print() throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        FileHandle.standardOutput.write(try encoder.encode(self) + Data("\n".utf8))
    }
}
