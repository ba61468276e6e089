import Foundation

/// How much CPU time a process has used.
enum ProcessorTime {
    /// Seconds in user mode and in the kernel together, of all threads (proc_pid_stat(5)); nil when there is no telling.
    static func seconds(of process: Int32) -> Double? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[end...].split(separator: " ").dropFirst()
        // The fields after the name begin with the third.
        guard let user = Double(fields[fields.startIndex + 11]), let system = Double(fields[fields.startIndex + 12])
        else { return nil }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// The same of several processes together.
    static func seconds(of processes: [Int32]) -> Double? {
        let each = processes.compactMap { seconds(of: $0) }
        return each.count == processes.count ? each.reduce(0, +) : nil
    }

    static var own: Double { seconds(of: getpid()) ?? 0 }
}
