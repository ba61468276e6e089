internal import Foundation

/// A recording as browsers export it (HTTP Archive 1.2).
package enum HARFile {
    /// Its requests and answers in their order; throws what is wrong with it.
    package static func read(_ data: [UInt8]) throws(InvalidRecording) -> [Exchange] {
        guard data.count <= RecordingLimits.fileBytes else {
            throw InvalidRecording(
                "it has more than \(RecordingLimits.fileBytes >> 20) MiB; record the sign-in, a few pages and the sign-out alone"
            )
        }
        let archive: Archive
        do { archive = try JSONDecoder().decode(Archive.self, from: Data(data)) } catch {
            throw InvalidRecording(
                "it is no HAR; in the network tab of a browser's developer tools, choose \"Save all as HAR\"")
        }
        let entries = archive.log.entries
        guard !entries.isEmpty else { throw InvalidRecording("there is no request in it") }
        guard entries.count <= RecordingLimits.exchanges else {
            throw InvalidRecording(
                "it has \(entries.count) requests, and \(RecordingLimits.exchanges) are read; record the sign-in, a few pages and the sign-out alone"
            )
        }
        // The moments are texts of one form, so their order is that of time; what began at once stays as it is.
        let ordered = entries.enumerated().sorted {
            ($0.element.startedDateTime ?? "", $0.offset) < ($1.element.startedDateTime ?? "", $1.offset)
        }
        let exchanges = ordered.compactMap { $0.element.exchange }
        guard !exchanges.isEmpty else { throw InvalidRecording("there is no answered request over http in it") }
        return exchanges
    }

    private struct Archive: Decodable {
        struct Log: Decodable { var entries: [Entry] }
        var log: Log
    }

    private struct Named: Decodable {
        var name: String
        var value: String?
    }

    private struct Entry: Decodable {
        var startedDateTime: String?
        var request: Request
        var response: Response

        var exchange: Exchange? {
            // A WebSocket is written with its own scheme.
            let url = request.url.hasPrefix("ws") ? "http" + request.url.dropFirst(2) : request.url
            guard let address = WebAddress(url), response.status >= 100 else { return nil }
            var sent = WebRequest(
                request.method.uppercased(), address, headers: HARFile.headers(request.headers),
                body: request.postData?.body)
            if sent.headers["Content-Type"] == nil { sent.headers["Content-Type"] = request.postData?.mimeType }
            return Exchange(
                request: sent,
                answer: WebAnswer(
                    status: response.status, headers: HARFile.headers(response.headers), body: response.text))
        }
    }

    private struct Request: Decodable {
        var method: String
        var url: String
        var headers: [Named]?
        var postData: PostData?
    }

    private struct PostData: Decodable {
        var mimeType: String?
        var text: String?
        var params: [Named]?

        /// Some write a form's fields alone.
        var body: String? {
            if let text, !text.isEmpty { return text }
            guard let params, !params.isEmpty else { return nil }
            // A name and a value are written as they were sent, or decoded; decoding twice does no harm to most.
            return FormText.encoded(
                params.map { (FormText.decoded($0.name), FormText.decoded($0.value ?? "")) })
        }
    }

    private struct Response: Decodable {
        struct Content: Decodable {
            var text: String?
            var encoding: String?
        }
        var status: Int
        var headers: [Named]?
        var content: Content?

        var text: String {
            let text = content?.text ?? ""
            guard content?.encoding == "base64" else { return String(text.prefix(AuditLimits.answerBytes)) }
            return Data(base64Encoded: text).map { String(decoding: $0.prefix(AuditLimits.answerBytes), as: UTF8.self) }
                ?? ""
        }
    }

    /// A header that came several times may stand there once, its values on lines of their own.
    private static func headers(_ named: [Named]?) -> HeaderFields {
        HeaderFields(
            (named ?? []).filter { !$0.name.hasPrefix(":") }.flatMap { field in
                (field.value ?? "").split(separator: "\n", omittingEmptySubsequences: false).map {
                    (field.name, String($0))
                }
            })
    }
}
