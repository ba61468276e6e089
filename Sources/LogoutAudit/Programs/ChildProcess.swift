internal import Foundation

/// A process that was started, with the ends of its pipes.
struct ChildProcess {
    private let name: String
    private let identifier: pid_t
    private var output: Pipe
    private var errors: Pipe

    private struct Pipe {
        let reading: Int32
        var bytes: [UInt8] = []
        var isOpen = true
    }

    private static let milliseconds: Int32 = 20

    /// Starts it; throws why it cannot be.
    init(_ words: [String], environment: [String: String]) throws(ProgramFailure) {
        name = words.first ?? ""
        let (outReading, outWriting) = try Self.pipe()
        let (errReading, errWriting) = try Self.pipe()
        defer {
            close(outWriting)
            close(errWriting)
        }
        (output, errors) = (Pipe(reading: outReading), Pipe(reading: errReading))
        do throws(ProgramFailure) {
            identifier = try Self.spawn(
                words, ProcessInfo.processInfo.environment.merging(environment) { $1 }, output: outWriting,
                errors: errWriting)
        } catch {
            close(outReading)
            close(errReading)
            throw error
        }
    }

    private static func pipe() throws(ProgramFailure) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        guard Foundation.pipe(&ends) == 0 else { throw ProgramFailure("there are no files left to open") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        return (ends[0], ends[1])
    }

    private static func spawn(
        _ words: [String], _ environment: [String: String], output: Int32, errors: Int32
    ) throws(ProgramFailure) -> pid_t {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        // What this process ignores or blocks is no business of the program's.
        var none = sigset_t()
        var usual = sigset_t()
        sigemptyset(&none)
        sigemptyset(&usual)
        for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP] { sigaddset(&usual, signal) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var arguments = words.map { strdup($0) } + [nil]
        var values = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + values { free(text) } }
        var identifier: pid_t = 0
        let code = posix_spawnp(&identifier, words.first ?? "", &actions, &attributes, &arguments, &values)
        guard code == 0 else {
            let hint =
                switch code {
                case ENOENT: "there is no such program (a relative path begins in the folder that the audit runs in)"
                case EACCES: "it may not be run; is it executable (chmod +x)?"
                case ENOEXEC: "it is no program; a script begins with a line such as #!/bin/sh"
                default: String(cString: strerror(code))
                }
            throw ProgramFailure("it cannot be run: \(hint)")
        }
        return identifier
    }

    /// Reads what it prints until it ends; ends it when it takes too long or prints too much.
    mutating func finish() throws(ProgramFailure) -> ProgramOutput {
        defer {
            // Whatever it has started and left behind has no one to report to.
            kill(-identifier, SIGKILL)
            close(output.reading)
            close(errors.reading)
        }
        let deadline = ContinuousClock.now + AuditLimits.commandPatience
        while true {
            let status = ended()
            try read()
            if let status {
                return ProgramOutput(
                    output: String(decoding: output.bytes, as: UTF8.self),
                    errors: String(decoding: errors.bytes, as: UTF8.self), status: status)
            }
            guard ContinuousClock.now < deadline else {
                abandon()
                throw ProgramFailure(
                    "it was not done after \(AuditLimits.commandPatience.components.seconds) s, and was ended")
            }
            wait()
        }
    }

    /// Its exit status when it has ended.
    private func ended() -> Int? {
        var status: Int32 = 0
        guard waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
        let signal = status & 0x7f
        return Int(signal == 0 ? (status >> 8) & 0xff : 128 + signal)
    }

    private func abandon() {
        kill(-identifier, SIGKILL)
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
    }

    /// Until there is something to read, or for a moment.
    private func wait() {
        let open = [output, errors].filter(\.isOpen)
        guard !open.isEmpty else {
            usleep(UInt32(Self.milliseconds) * 1000)
            return
        }
        var waiting = open.map { pollfd(fd: $0.reading, events: Int16(POLLIN), revents: 0) }
        _ = poll(&waiting, nfds_t(waiting.count), Self.milliseconds)
    }

    private mutating func read() throws(ProgramFailure) {
        Self.drain(&output, keeping: AuditLimits.commandOutputBytes + 1)
        Self.drain(&errors, keeping: AuditLimits.commandErrorBytes)
        guard output.bytes.count <= AuditLimits.commandOutputBytes else {
            abandon()
            throw ProgramFailure("it printed more than \(AuditLimits.commandOutputBytes >> 20) MiB, and was ended")
        }
    }

    private static func drain(_ pipe: inout Pipe, keeping limit: Int) {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while pipe.isOpen {
            let count = Foundation.read(pipe.reading, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count == 0 { pipe.isOpen = false }
            guard count > 0 else { return }
            pipe.bytes += buffer[..<count].prefix(max(0, limit - pipe.bytes.count))
            if pipe.bytes.count >= limit { return }
        }
    }
}
