import Foundation
import NIOCore
import NIOPosix

/// A closed loop of HTTP/1.1 requests over connections that stay open: each sends its next request when the last is answered.
///
/// `exeunt-load PLAN.json` prints one line of JSON. It exits with 1 when a connection broke, and 2 when it could not try.
@main
struct ExeuntLoad {
    static func main() async {
        do {
            guard let path = CommandLine.arguments.dropFirst().first else { throw Usage.planMissing }
            let plan = try Plan.read(path)
            let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
            if plan.scenario == .streams {
                try await EventStreams.hold(plan, on: loop)
            } else {
                let report = try await LoadRun.run(plan, on: loop).get()
                try report.print()
                exit(report.failures.isEmpty ? 0 : 1)
            }
        } catch {
            FileHandle.standardError.write(Data("exeunt-load: \(error)\n".utf8))
            exit(2)
        }
    }

    private enum Usage: Error { case planMissing }
}
