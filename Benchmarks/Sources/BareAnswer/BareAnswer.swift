import Foundation

/// What the bare servers have in common.
package enum BareAnswer {
    /// As long as what `GET /session` says of a session.
    package static let json = #"{"session_id":"AAAAAAAAAAAAAAAAAAAAAA","signed_in":true,"subject":"user-000000"}"#

    /// What `POST /v1/logout` says when it is settled.
    package static let receipt = #"""
        {"ended_sessions":1,"ended_remembered":0,"seq":1000,"settled":true,"settled_after_ms":1,"settles_by":null,\#
        "deliveries":{"pending":0,"done":0}}
        """#

    /// What `GET /v1/feed` says of one record, or of none when there is nothing after `after`.
    package static func feed(after: UInt64, head: UInt64) -> String {
        let record = #"{"seq":\#(head),"kind":"session","id":"AAAAAAAAAAAAAAAAAAAAAA","until":1700000000}"#
        return #"""
            {"node":"AAAAAAAAAAAAAAAAAAAAAA","after":\#(after),"head":\#(head),"snapshot":false,\#
            "keys_version":"AAAAAAAAAAAAAAAAAAAAAA","lease_ms":5000,"revocations":[\#(head > after ? record : "")]}
            """#
    }

    /// Says on standard output where the server listens, in the words of `exeunt serve`.
    package static func sayReady(port: Int) {
        FileHandle.standardOutput.write(Data("{\"event\":\"ready\",\"url\":\"http://127.0.0.1:\(port)\"}\n".utf8))
    }
}
