internal import ArgumentParser
internal import Exeunt
internal import Foundation

/// Runs the command and turns what it throws into words on standard error and an exit status.
package enum EntryPoint {
    package static func main() async {
        Output.takeStandardDescriptors()
        exit(await run().rawValue)
    }

    private static func run() async -> ExitStatus {
        do {
            let command = try RootCommand.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                var command = command
                try command.run()
            }
            return .success
        } catch {
            return report(error)
        }
    }

    private static func report(_ error: any Error) -> ExitStatus {
        switch error {
        case let status as ExitStatus: return status
        case let failure as CommandFailure:
            Output.complain(failure.message)
            return failure.status
        case let error as AuthorityError:
            return report(CommandFailure(error))
        case let error as InvalidConfiguration:
            for fault in error.faults { Output.complain(fault.line) }
            return .couldNotTry
        default:
            let text = RootCommand.fullMessage(for: error)
            if RootCommand.exitCode(for: error).isSuccess {
                // Help, the version, a completion script: what was asked for.
                do { try Output.write(text + "\n") } catch { return report(error) }
                return .success
            }
            Output.writeError(text + "\n")
            return .couldNotTry
        }
    }
}

extension ExitStatus: Error {}
