internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import LogoutAudit
internal import NIOCore
internal import ServiceLifecycle

/// Shows an application at an address of this machine, and records what goes by.
struct RecordingProxy: Sendable {
    /// The page that ends the recording.
    static let stopPath = "/.exeunt/stop"

    let mirror: Mirror
    let recorder: Recorder
    let transport: NetworkTransport
    let stop: @Sendable () -> Void

    /// The server; `opened` is told when browsers can come.
    func server(opened: @escaping @Sendable () -> Void) -> any Service {
        var logger = Logger(label: "exeunt.audit.record")
        logger.logLevel = .critical
        return Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in await answer(request) },
            configuration: ApplicationConfiguration(
                address: .hostname("127.0.0.1", port: mirror.port), serverName: nil),
            onServerRunning: { _ in opened() }, logger: logger)
    }

    private func answer(_ request: Request) async -> Response {
        guard mirror.isOwn(host: request.head.authority ?? "") else {
            return page(.misdirectedRequest, "This recorder answers at \(mirror.origin) alone.")
        }
        if request.uri.path == Self.stopPath {
            stop()
            return page(.ok, "The recording has ended; look at the terminal.")
        }
        do { return try await pass(request) } catch let failure as WireFailure {
            return page(.badGateway, "\(mirror.target.origin) did not answer: \(failure)")
        } catch {
            return page(.contentTooLarge, "The request is larger than the recorder passes on.")
        }
    }

    private func pass(_ request: Request) async throws -> Response {
        let bytes = try await Array(request.body.collect(upTo: RecordingLimits.requestBytes).readableBytesView)
        let headers = mirror.outward(HeaderFields(request.headers.map { ($0.name.rawName, $0.value) }))
        let path = request.head.path ?? "/"
        guard let address = WebAddress(mirror.target.origin + path) else {
            throw WireFailure.noAnswer("no such address")
        }
        var sent = WebRequest(request.method.rawValue, address, headers: headers)
        let place = recorder.begin()
        let passed = try await transport.pass(sent, body: bytes)
        sent.body = bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
        // A stream has no end, so it is noted when it begins.
        let exchange = Exchange(request: sent, answer: passed.answer)
        recorder.end(place, exchange)
        let isPacked = passed.answer.headers["Content-Encoding"].map { $0 != "identity" } ?? false
        if Mirror.hasAddresses(passed.answer), !isPacked {
            return try await rewritten(passed, exchange, place)
        }
        return streamed(passed, exchange, isPacked ? nil : place)
    }

    /// A page, with this address in place of the application's.
    private func rewritten(
        _ passed: NetworkTransport.PassedAnswer, _ exchange: Exchange, _ place: Int?
    ) async throws -> Response {
        var bytes: [UInt8] = []
        for try await piece in passed.pieces { bytes += piece }
        let text = String(decoding: bytes, as: UTF8.self)
        keep(bytes, of: exchange, at: place)
        return Response(
            status: status(passed.answer), headers: fields(passed.answer),
            body: ResponseBody(byteBuffer: ByteBuffer(string: mirror.inwardText(text))))
    }

    /// Everything else, passed on as it comes.
    private func streamed(
        _ passed: NetworkTransport.PassedAnswer, _ exchange: Exchange, _ place: Int?
    ) -> Response {
        let hasNone = exchange.request.method == "HEAD" || [204, 304].contains(passed.answer.status)
        let status = status(passed.answer)
        let headers = fields(passed.answer)
        if hasNone { return Response(status: status, headers: headers) }
        return Response(
            status: status, headers: headers,
            body: ResponseBody { writer in
                var kept: [UInt8] = []
                for try await piece in passed.pieces {
                    try await writer.write(ByteBuffer(bytes: piece))
                    kept += piece.prefix(max(0, AuditLimits.answerBytes - kept.count))
                }
                keep(kept, of: exchange, at: place)
                try await writer.finish(nil)
            })
    }

    private func keep(_ bytes: [UInt8], of exchange: Exchange, at place: Int?) {
        var exchange = exchange
        exchange.answer.body = String(decoding: bytes.prefix(AuditLimits.answerBytes), as: UTF8.self)
        recorder.end(place, exchange)
    }

    private func status(_ answer: WebAnswer) -> HTTPResponse.Status { HTTPResponse.Status(code: answer.status) }

    private func fields(_ answer: WebAnswer) -> HTTPFields {
        var fields = HTTPFields()
        for field in mirror.inward(answer.headers).fields {
            if let name = HTTPField.Name(field.name) { fields.append(HTTPField(name: name, value: field.value)) }
        }
        return fields
    }

    private func page(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n")))
    }
}
