import Suggestions
import Testing

@testable import ExeuntCommand

@Suite struct SuggestionTests {
    private let keys = SettingKey.allCases.map(\.rawValue)

    @Test(arguments: [
        ("session.idle_timeout", "session.idle_timeout_seconds"), ("sesion.when_full", "session.when_full"),
        ("Public_URL", "public_url"), ("publicurl", "public_url"), ("log.levle", "log.level"),
        ("listen.port", "listen"), ("rotate_days", "keys.rotate_days"), ("token.algorithm", "tokens.algorithm"),
    ])
    func `a slip is understood`(text: String, meant: String) {
        #expect(Suggestion.nearest(to: text, among: keys) == meant)
    }

    @Test(arguments: ["colour", "colour.of.password", "x"])
    func `something else altogether is not guessed at`(text: String) {
        #expect(Suggestion.nearest(to: text, among: keys) == nil)
    }

    @Test(arguments: [
        ("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "xyz", 3), ("", "ab", 2),
    ])
    func `the distance counts single slips`(left: String, right: String, distance: Int) {
        #expect(Suggestion.distance(left, right) == distance)
        #expect(Suggestion.distance(right, left) == distance)
    }
}
