/// Every cap and every fixed choice of the metrics.
package enum MetricLimits {
    /// Names of metrics: ours and our libraries' are some dozens.
    package static let families = 500
    /// Series of one metric: 50 routes, a few methods and a few statuses of each stay well below it.
    package static let seriesPerFamily = 1000
    /// Bytes of a label's value: the longest route is below 60.
    package static let labelValueBytes = 128
    /// What a label says in the one series that takes all beyond ``seriesPerFamily``.
    package static let overflowValue = "(other)"
    /// Upper bounds of a timer's buckets, in seconds: from a lookup in memory to a password hash under load.
    package static let timerBuckets: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    /// Upper bounds of a recorder's buckets, in its own unit: sizes and counts.
    package static let recorderBuckets: [Double] = [
        1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 10_000, 100_000, 1_000_000,
    ]
}
