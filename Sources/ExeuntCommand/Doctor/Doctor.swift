internal import Exeunt
internal import ExeuntHTTP
internal import Foundation
internal import Logging

/// Looks at an installation and changes nothing that a start would not change as well.
struct Doctor {
    let settings: Settings
    let folder: DataFolder
    let environment: Exeunt.Environment
    let logger: Logger

    /// Bytes of free disk below which there is a problem, or a warning.
    private static let tooLittle: Int64 = 5_000_000
    private static let little: Int64 = 500_000_000
    /// The beginning of 2025: no clock that is right is before this program.
    private static let past = Timestamp(milliseconds: 1_735_689_600_000)
    /// The beginning of 2100.
    private static let future = Timestamp(milliseconds: 4_102_444_800_000)

    /// Everything that it finds, in the order of looking.
    func examine() async -> [Finding] {
        var findings = checkSettings()
        guard let folderFinding = checkFolder() else {
            return findings + [.problem("data folder", "there is none at \(folder.path); `exeunt serve` makes it")]
        }
        findings += [folderFinding, checkDisk(), checkServer()]
        guard settings.database != nil || SmallFile.exists(folder.database) else {
            return findings + [.problem("store", "there is no \(folder.database); `exeunt serve` makes it")]
        }
        do {
            let store = try folder.makeStore(settings, logger: logger)
            defer { store.close() }
            findings += [await check(store)]
            findings += await checkHighWaterMark(of: store)
            findings += await checkKeys(in: store)
            findings += [await checkClock(with: store)]
            findings += await checkRedis(with: store)
        } catch {
            findings += [.problem("store", CommandFailure(error).message)]
        }
        return findings + checkDemo()
    }

    // MARK: The folder

    /// Nil when there is no folder.
    private func checkFolder() -> Finding? {
        guard let status = FileStatus(path: folder.path), status.kind == .folder else { return nil }
        guard access(folder.path, R_OK | W_OK | X_OK) == 0 else {
            return .problem("data folder", "cannot write in \(folder.path): \(SystemError.text(of: errno))")
        }
        guard !status.isOpenToOthers else {
            return .warning("data folder", "others can look into \(folder.path); run: chmod 700 \(folder.path)")
        }
        return .ok("data folder", "\(folder.path) is there, for its owner alone, and can be written")
    }

    private func checkDisk() -> Finding {
        var status = statvfs()
        guard statvfs(folder.path, &status) == 0 else {
            return .warning("disk", "cannot say how full it is: \(SystemError.text(of: errno))")
        }
        let free = Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
        let text = "\(ByteCount.text(free)) are free"
        if free < Self.tooLittle { return .problem("disk", "only \(text); on a full disk nobody can sign in or out") }
        return free < Self.little ? .warning("disk", "only \(text)") : .ok("disk", text)
    }

    private func checkServer() -> Finding {
        let lock = FolderLock.isHeld(folder.lock)
        guard lock.isHeld else { return .ok("server", "none runs on this folder") }
        return .ok("server", "one runs on this folder" + (lock.by.map { " (process \($0))" } ?? ""))
    }

    private func checkDemo() -> [Finding] {
        guard SmallFile.exists(folder.demoAccounts), settings.publicURL(port: 1)?.isSecure == true else { return [] }
        return [
            .warning("demo accounts", "this folder has demo accounts, and their passwords in \(folder.demoAccounts)")
        ]
    }

    // MARK: The store

    private func check(_ store: any Store) async -> Finding {
        do {
            let diagnosis = try await store.diagnose(at: environment.now())
            guard diagnosis.problems.isEmpty else {
                return .problem("store", diagnosis.problems.joined(separator: "; "))
            }
            let sessions = diagnosis.liveSessions == 1 ? "1 live session" : "\(diagnosis.liveSessions) live sessions"
            return .ok(
                "store",
                "intact: \(sessions), log at \(diagnosis.head), schema \(diagnosis.schemaVersion), "
                    + ByteCount.text(diagnosis.size))
        } catch {
            return .problem("store", CommandFailure(error).message)
        }
    }

    private func checkHighWaterMark(of store: any Store) async -> [Finding] {
        do {
            try folder.highWaterMark.check(try await store.position())
            return []
        } catch let failure as CommandFailure {
            return [.problem("high-water mark", failure.message)]
        } catch {
            return [] // The finding about the store says so already.
        }
    }

    /// No event lies in the future, unless the clock was ahead then or is behind now.
    private func checkClock(with store: any Store) async -> Finding {
        let now = environment.now()
        guard (Self.past..<Self.future).contains(now) else {
            return .problem("clock", "it says \(now.shortText), which cannot be")
        }
        var newest = AuditFilter()
        newest.newestFirst = true
        newest.limit = 1
        do {
            if let event = try await store.auditEvents(newest).first, event.at > now + Limits.clockSkew {
                return .problem(
                    "clock",
                    "it says \(now.shortText), and the newest event is of \(event.at.shortText); sessions may end late")
            }
        } catch {
            return .problem("clock", "cannot be compared with the audit trail: \(CommandFailure(error).message)")
        }
        return .ok("clock", "it says \(now.shortText), after every event")
    }
}
