/// The dates of cookies, read as leniently as browsers do (RFC 6265bis §5.1.1).
enum CookieDate {
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// Seconds since 1970; nil for what browsers do not take for a date.
    static func seconds(_ text: String) -> Int64? {
        var time: [Int64]?
        var day: Int64?
        var month: Int64?
        var year: Int64?
        for token in text.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == ":") }) {
            let clock = token.split(separator: ":").compactMap { Int64($0) }
            if time == nil, clock.count == 3 {
                time = clock
            } else if day == nil, (1...2).contains(token.count), let number = Int64(token) {
                day = number
            } else if month == nil, let index = months.firstIndex(of: token.prefix(3).lowercased()) {
                month = Int64(index) + 1
            } else if year == nil, (2...4).contains(token.count), let number = Int64(token) {
                year = number < 70 ? number + 2000 : number < 100 ? number + 1900 : number
            }
        }
        guard let time, let day, let month, let year, year >= 1601, (1...31).contains(day), time[0] < 24, time[1] < 60,
            time[2] < 60
        else { return nil }
        return days(year: year, month: month, day: day) * 86_400 + time[0] * 3600 + time[1] * 60 + time[2]
    }

    /// Days from 1970-01-01 in the Gregorian calendar.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        // The year is taken to begin in March, so that the leap day is its last.
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
