internal import Foundation

/// Programs of the user's: run without a shell, bounded in time and in what they print.
package enum UserProgram {
    /// Runs one in a process group of its own, with nothing to read, and leaves nothing of it behind.
    package static let run: ProgramRun = { words, environment throws(ProgramFailure) in
        let result = await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    returning: Result { () throws(ProgramFailure) in
                        var child = try ChildProcess(words, environment: environment)
                        return try child.finish()
                    })
            }
        }
        return try result.get()
    }
}
