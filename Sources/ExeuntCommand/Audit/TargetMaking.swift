internal import Foundation
internal import LogoutAudit

/// What follows once a draft is there: questions, a trial, and writing it down.
struct TargetMaking {
    let transport: NetworkTransport
    let output: String?
    var draft: TargetDraft?

    private var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// A file that is there already is said before anybody has clicked through anything.
    static func checkIsNew(_ output: String?) throws {
        if let output, SmallFile.exists(output) {
            throw CommandFailure(.couldNotTry, "\(output) is there already; name another file, or remove it")
        }
    }

    /// The draft that a recording of a browser's gives.
    func read(har path: String) throws -> TargetDraft {
        let bytes = try FileBytes.read(path, through: RecordingLimits.fileBytes)
        let exchanges: [Exchange]
        do { exchanges = try HARFile.read(bytes) } catch {
            throw CommandFailure(.couldNotTry, "\(path): \(error)")
        }
        return try read(exchanges, from: path)
    }

    /// The draft that a recording gives.
    func read(_ exchanges: [Exchange], from name: String) throws -> TargetDraft {
        do {
            return try RecordingReader.draft(
                of: exchanges, user: environment["AUDIT_USER"], password: environment["AUDIT_PASSWORD"])
        } catch { throw CommandFailure(.couldNotTry, "\(name): \(error)") }
    }

    /// Asks on the terminal for what is left, with what was found as the answers to begin with.
    mutating func ask() {
        guard let draft else { return }
        var interview = Interview(draft)
        Output.writeError("Return takes what is in brackets; a single - leaves it out.\n")
        for key in Interview.Key.allCases {
            guard let question = interview.question(key) else { continue }
            while true {
                Output.writeError(question.text + (question.standard.isEmpty ? ": " : " [\(question.standard)]: "))
                guard let line = readLine() else { break }
                let text = line.trimmingCharacters(in: .whitespaces)
                let answer = text.isEmpty ? question.standard : text
                if answer.isEmpty { break }
                if answer == "-" {
                    interview.leaveOut(key)
                    break
                }
                guard let complaint = interview.answer(answer, to: key) else { break }
                Output.writeError("  \(complaint)\n")
            }
        }
        self.draft = interview.draft
    }

    /// Tries the file where it can be tried, and writes it.
    func finish() async throws {
        guard var draft else { return }
        let line: String
        if !draft.isComplete {
            line = "not tried: what is missing is in its comments"
        } else if environment[draft.userVariable] == nil || environment[draft.passwordVariable] == nil {
            line = "not tried: set \(draft.userVariable) and \(draft.passwordVariable), and run `exeunt audit`"
        } else {
            var check = await check(draft)
            if !check.undecided.isEmpty, check.undecided.count < draft.protected.count {
                draft.protected.removeAll(where: check.undecided.contains)
                check.line += "; left out, as anybody sees them: \(check.undecided.joined(separator: ", "))"
            }
            line = (check.works ? "tried: " : "tried, and it does not work yet: ") + check.line
        }
        if let output { try SmallFile.create(output, text: draft.text) } else { try Output.write(draft.text) }
        Output.writeError("\(output ?? "The target file"): \(line)\n")
    }

    private func check(_ draft: TargetDraft) async -> TargetCheck {
        await TargetCheck.run(
            draft.text, environment: environment, transport: transport, surroundings: AuditSurroundings.live)
    }
}
