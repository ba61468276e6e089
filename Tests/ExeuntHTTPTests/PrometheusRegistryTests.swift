import Metrics
import Testing

@testable import ExeuntHTTP

@Suite struct PrometheusRegistryTests {
    private let registry = PrometheusRegistry()

    @Test func `a registry that has measured nothing says nothing`() {
        #expect(registry.text().isEmpty)
    }

    @Test func `a counter adds up, and its name ends in total once`() {
        registry.makeCounter(label: "sign.outs", dimensions: []).increment(by: 2)
        registry.makeCounter(label: "sign_outs_total", dimensions: []).increment(by: 3)
        registry.makeFloatingPointCounter(label: "spent_seconds", dimensions: []).increment(by: 0.5)
        #expect(
            registry.text() == """
                # TYPE sign_outs_total counter
                sign_outs_total 5
                # TYPE spent_seconds_total counter
                spent_seconds_total 0.5

                """)
    }

    @Test func `a counter never goes down`() {
        let counter = registry.makeCounter(label: "a", dimensions: [])
        counter.increment(by: 1)
        counter.increment(by: -5)
        #expect(registry.text().contains("a_total 1\n"))
    }

    @Test func `a gauge goes up and down`() {
        let gauge = registry.makeMeter(label: "streams", dimensions: [])
        gauge.set(10 as Int64)
        gauge.increment(by: 2)
        gauge.decrement(by: 4.5)
        #expect(registry.text() == "# TYPE streams gauge\nstreams 7.5\n")
    }

    @Test func `the type is told once for all series of a metric, which stand in a fixed order`() {
        for route in ["/b", "/a", "/c"] {
            registry.makeCounter(label: "requests", dimensions: [("route", route), ("method", "GET")]).increment(by: 1)
        }
        #expect(
            registry.text() == """
                # TYPE requests_total counter
                requests_total{method="GET",route="/a"} 1
                requests_total{method="GET",route="/b"} 1
                requests_total{method="GET",route="/c"} 1

                """)
    }

    @Test func `labels in another order are the same series`() {
        registry.makeCounter(label: "n", dimensions: [("a", "1"), ("b", "2")]).increment(by: 1)
        registry.makeCounter(label: "n", dimensions: [("b", "2"), ("a", "1")]).increment(by: 1)
        #expect(registry.text().contains(#"n_total{a="1",b="2"} 2"#))
    }

    @Test func `a label's value is escaped and its name is made one`() {
        let value = "say \"hi\" \\ and\nbye"
        registry.makeMeter(label: "1st.räte", dimensions: [("http.route", value), ("__x", "y")]).set(1 as Int64)
        #expect(
            registry.text() == """
                # TYPE _1st_r_te gauge
                _1st_r_te{http_route="say \\"hi\\" \\\\ and\\nbye",label__x="y"} 1

                """)
    }

    @Test func `a help text is told before the type, on one line`() {
        registry.describe("streams", as: "Open\nstreams \\ pages")
        registry.makeMeter(label: "streams", dimensions: []).set(1 as Int64)
        #expect(registry.text().hasPrefix("# HELP streams Open\\nstreams \\\\ pages\n# TYPE streams gauge\n"))
    }

    @Test func `a timer's buckets are in seconds, cumulative, and end with everything`() {
        let timer = registry.makeTimer(label: "took", dimensions: [("le", "mine")])
        for milliseconds: Int64 in [1, 3, 3, 700, 60_000] { timer.recordNanoseconds(milliseconds * 1_000_000) }
        let lines = registry.text().split(separator: "\n").map(String.init)
        #expect(lines.first == "# TYPE took_seconds histogram")
        let counts = lines.filter { $0.hasPrefix("took_seconds_bucket") }.compactMap {
            Int($0.split(separator: " ")[1])
        }
        #expect(counts == counts.sorted() && counts.count == MetricLimits.timerBuckets.count + 1)
        #expect(lines.contains(#"took_seconds_bucket{exported_le="mine",le="0.001"} 1"#))
        #expect(lines.contains(#"took_seconds_bucket{exported_le="mine",le="0.005"} 3"#))
        #expect(lines.contains(#"took_seconds_bucket{exported_le="mine",le="1"} 4"#))
        #expect(lines.contains(#"took_seconds_bucket{exported_le="mine",le="+Inf"} 5"#))
        #expect(lines.contains(#"took_seconds_count{exported_le="mine"} 5"#))
        #expect(lines.contains { $0.hasPrefix(#"took_seconds_sum{exported_le="mine"} 60.707"#) })
    }

    @Test func `a value on a bucket's bound is in that bucket`() {
        registry.makeRecorder(label: "size", dimensions: [], aggregate: true).record(10 as Int64)
        #expect(registry.text().contains("size_bucket{le=\"5\"} 0\nsize_bucket{le=\"10\"} 1\n"))
    }

    @Test func `beyond the cap all further labels share one series`() {
        for number in 0..<MetricLimits.seriesPerFamily + 50 {
            registry.makeCounter(label: "n", dimensions: [("id", "\(number)")]).increment(by: 1)
        }
        let lines = registry.text().split(separator: "\n")
        #expect(lines.count == MetricLimits.seriesPerFamily + 2)
        #expect(lines.contains(#"n_total{id="(other)"} 50"#))
    }

    @Test func `a name that is taken by another kind works and is not told`() {
        registry.makeMeter(label: "n_total", dimensions: []).set(7 as Int64)
        registry.makeCounter(label: "n", dimensions: []).increment(by: 1)
        #expect(registry.text() == "# TYPE n_total gauge\nn_total 7\n")
    }

    @Test func `an observed metric is read when it is asked for`() {
        registry.observe("streams", as: "Open streams.", dimensions: [("a", "b")]) { 3 }
        registry.observe("spent_total", as: "Spent.") { 0.25 }
        registry.observe("unknown", as: "Not here.") { nil }
        #expect(
            registry.text() == """
                # HELP streams Open streams.
                # TYPE streams gauge
                streams{a="b"} 3
                # HELP spent_total Spent.
                # TYPE spent_total counter
                spent_total 0.25

                """)
    }

    @Test func `what is destroyed is told no more`() {
        let counter = registry.makeCounter(label: "n", dimensions: [("a", "1")])
        counter.increment(by: 1)
        registry.makeCounter(label: "n", dimensions: [("a", "2")]).increment(by: 1)
        registry.destroyCounter(counter)
        #expect(registry.text() == "# TYPE n_total counter\nn_total{a=\"2\"} 1\n")
    }

    @Test func `nothing is lost when many count at once`() async {
        let timer = registry.makeTimer(label: "t", dimensions: [])
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        registry.makeCounter(label: "n", dimensions: []).increment(by: 1)
                        registry.makeFloatingPointCounter(label: "f", dimensions: []).increment(by: 0.5)
                        timer.recordNanoseconds(1)
                    }
                }
            }
        }
        let text = registry.text()
        #expect(text.contains("n_total 8000\n") && text.contains("f_total 4000\n"))
        #expect(text.contains("t_seconds_count 8000\n"))
    }
}
