internal import Foundation

/// A WebDriver server that was started here, and a folder for what its browsers keep; both go with this process.
final class DriverProcess: Sendable {
    let address: WebAddress
    /// Deleted at the end.
    let folder: String
    private let process: Process
    private let leash: Pipe

    /// The shell waits for the end of its input, which comes when this process lets go of the pipe, however it ends.
    ///
    /// Then it ends the driver and its browsers, whose processes Chromium notes in their profiles, and deletes the
    /// folder, until nobody makes it anew: a browser that was just starting takes a while to notice.
    private static let script = """
        trap : INT TERM HUP
        export TMPDIR="$2"
        "$1" --port=0 &
        driver=$!
        exec >/dev/null
        read -r word
        kill -KILL $driver
        wait $driver
        case $word in done) enough=3 ;; *) enough=30 ;; esac
        gone=0
        while [ $gone -lt $enough ]; do
          gone=$((gone + 1))
          for lock in "$2"/*/SingletonLock; do
            browser=$(readlink "$lock") && kill -KILL "${browser##*-}"
          done
          if [ -e "$2" ]; then gone=0; fi
          rm -rf "$2"
          sleep 0.1
        done 2>/dev/null
        """

    /// Starts the program at a path; throws when it does not say where it listens.
    init(program: String) throws(BrowserFailure) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "exeunt-browser-\(UUID().uuidString)").path
        let process = Process()
        let (leash, output) = (Pipe(), Pipe())
        // Whoever else is started must not hold the leash.
        for handle in [leash.fileHandleForWriting, output.fileHandleForReading] {
            _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
        }
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", Self.script, "sh", program, folder]
        process.standardInput = leash
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try Self.withAllSignals { try process.run() }
        } catch {
            throw .noAnswer("\(program) cannot be started: \(error.localizedDescription)")
        }
        guard let port = Self.port(from: output.fileHandleForReading),
            let address = WebAddress("http://127.0.0.1:\(port)")
        else {
            try? leash.fileHandleForWriting.close()
            throw .noAnswer("\(program) was started, and does not say where it listens")
        }
        (self.address, self.folder, self.process, self.leash) = (address, folder, process, leash)
    }

    /// What is started inherits which signals are blocked, and threads of a pool block nearly all: a browser without
    /// them neither starts nor ends.
    private static func withAllSignals(_ start: () throws -> Void) rethrows {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try start()
    }

    /// Where chromedriver says that it listens, at its start.
    private static func port(from output: FileHandle) -> Int? {
        var text = ""
        let milliseconds = DurationText.milliseconds(AuditLimits.driverPatience)
        while true {
            var waited = pollfd(fd: output.fileDescriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waited, 1, Int32(milliseconds)) > 0 else { return nil }
            let part = output.availableData
            if part.isEmpty { return nil }
            text += String(decoding: part, as: UTF8.self)
            if let port = port(in: text) { return port }
        }
    }

    static func port(in text: String) -> Int? {
        text.firstMatch(of: /started successfully on port ([0-9]{1,5})\b[^0-9]/).flatMap { Int($0.output.1) }
    }

    /// Ends the driver, its browsers and the folder, and returns when they are gone.
    func stop() {
        if process.isRunning { try? leash.fileHandleForWriting.write(contentsOf: Array("done\n".utf8)) }
        try? leash.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
