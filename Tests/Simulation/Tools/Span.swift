/// How long something takes, in true time.
struct Span: Hashable, Comparable, Sendable {
    var microseconds: Int64

    static func < (a: Span, b: Span) -> Bool { a.microseconds < b.microseconds }

    static func + (a: Span, b: Span) -> Span { Span(microseconds: a.microseconds + b.microseconds) }

    static func microseconds(_ count: Int64) -> Span { Span(microseconds: count) }
    static func milliseconds(_ count: Int64) -> Span { Span(microseconds: 1000 * count) }
}

extension SplitMix64 {
    /// A span between the two, to the microsecond.
    mutating func span(_ least: Span, _ most: Span) -> Span {
        .microseconds(number(least.microseconds...most.microseconds))
    }
}
