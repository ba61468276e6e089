internal import Hummingbird
internal import Metrics

/// Counts and times the answers of one route, with handles that are made once.
struct RouteMetrics: Sendable {
    private let seconds: Metrics.Timer
    private let answers: [Counter]

    init(method: String, path: String) {
        let dimensions = [("method", method), ("route", path)]
        seconds = Metrics.Timer(label: "exeunt_http_request_seconds", dimensions: dimensions)
        answers = (1...5).map { status in
            Counter(label: "exeunt_http_requests_total", dimensions: dimensions + [("status", "\(status)xx")])
        }
    }

    func observe(_ work: () async -> Response) async -> Response {
        let start = ContinuousClock.now
        let response = await work()
        seconds.record(duration: ContinuousClock.now - start)
        answers[min(max(response.status.code / 100, 1), 5) - 1].increment()
        return response
    }
}
