internal import Exeunt
internal import ExeuntHTTP
internal import Foundation

/// What the operating system knows of this process, under the names that Prometheus' own clients use.
enum ProcessMetrics {
    static func observe(in registry: PrometheusRegistry, startedAt: Timestamp) {
        registry.observe("exeunt_info", as: "Which Exeunt this is.", dimensions: [("version", Program.current.version)])
        { 1 }
        registry.observe("process_start_time_seconds", as: "When the process started, in seconds since 1970.") {
            Double(startedAt.milliseconds) / 1000
        }
        registry.observe("process_cpu_seconds_total", as: "Processor time spent, in seconds.") {
            var time = timespec()
            guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
        }
        registry.observe("process_resident_memory_bytes", as: "Memory in use, in bytes.") {
            guard let text = try? SmallFile.read("/proc/self/statm") else { return nil }
            let fields = text.split(separator: " ")
            return fields.count > 1 ? Double(fields[1]).map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) } : nil
        }
        registry.observe("process_open_fds", as: "Open files and connections.") {
            (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { Double($0.count) }
        }
    }
}
