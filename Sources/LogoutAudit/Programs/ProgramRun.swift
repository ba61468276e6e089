/// Runs a program with its arguments and with these values added to the environment, and returns when it has ended.
package typealias ProgramRun =
    @Sendable (_ words: [String], _ environment: [String: String]) async throws(ProgramFailure) -> ProgramOutput
