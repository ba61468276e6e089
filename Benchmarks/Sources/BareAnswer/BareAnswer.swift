import Foundation

/// What the bare servers have in common.
package enum BareAnswer {
    /// As long as what `GET /session` says of a session.
    package static let json = #"{"session_id":"AAAAAAAAAAAAAAAAAAAAAA","signed_in":true,"subject":"user-000000"}"#

    /// Says on standard output where the server listens, in the words of `exeunt serve`.
    package static func sayReady(port: Int) {
        FileHandle.standardOutput.write(Data("{\"event\":\"ready\",\"url\":\"http://127.0.0.1:\(port)\"}\n".utf8))
    }
}
