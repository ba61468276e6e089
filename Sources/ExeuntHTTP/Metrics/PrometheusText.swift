/// How names, values and numbers are written in the Prometheus text exposition format, version 0.0.4.
enum PrometheusText {
    /// A metric's name: characters that the format does not allow become underscores.
    static func metricName(_ label: String) -> String { name(label, extra: ":") }

    /// A label's name, likewise; two underscores in front are Prometheus' own.
    static func labelName(_ label: String) -> String {
        let name = name(label, extra: "")
        return name.hasPrefix("__") ? "label" + name : name
    }

    private static func name(_ label: String, extra: String) -> String {
        let name = String(
            label.unicodeScalars.map { scalar -> Character in
                let isAllowed =
                    scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                return isAllowed || extra.unicodeScalars.contains(scalar) ? Character(scalar) : "_"
            })
        return name.first.map { $0.isNumber ? "_" + name : name } ?? "_"
    }

    /// A label's value between quotes: backslash, quote and line feed are escaped.
    static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else { return value }
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += #"\\"#
            case "\"": escaped += #"\""#
            case "\n": escaped += #"\n"#
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A help text on its one line: backslash and line feed are escaped.
    static func escapedHelp(_ help: String) -> String {
        String(
            help.unicodeScalars.flatMap { scalar -> [Character] in
                switch scalar {
                case "\\": ["\\", "\\"]
                case "\n": ["\\", "n"]
                default: [Character(scalar)]
                }
            })
    }

    /// A label's value within ``MetricLimits/labelValueBytes``.
    static func clipped(_ value: String) -> String {
        guard value.utf8.count > MetricLimits.labelValueBytes else { return value }
        var clipped = ""
        var size = 0
        for character in value {
            size += character.utf8.count
            if size > MetricLimits.labelValueBytes { break }
            clipped.append(character)
        }
        return clipped
    }

    /// A number: whole ones without a fraction, infinities and not-a-number in the format's words.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return String(value)
    }
}
