/// What a program has printed, and how it ended.
package struct ProgramOutput: Hashable, Sendable {
    package var output: String
    package var errors: String
    /// 0 where all went well; 128 and the signal's number where a signal ended it.
    package var status: Int

    package init(output: String, errors: String = "", status: Int = 0) {
        self.output = output
        self.errors = errors
        self.status = status
    }
}
