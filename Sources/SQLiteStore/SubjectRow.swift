internal import Exeunt
internal import GRDB

/// A subject as the table has it.
///
/// The counters are of the rows that are not ended. A session whose end has passed stays among them until it is swept.
struct SubjectRow {
    let number: Int64
    let name: Subject
    var version: Int64
    var epoch: Int64
    var liveSessions = 0
    var liveRemembered = 0

    init(number: Int64, name: Subject, version: Int64, epoch: Int64) {
        self.number = number
        self.name = name
        self.version = version
        self.epoch = epoch
    }

    init(_ row: Columns, name: Subject) {
        self.init(number: row.number(0), name: name, version: row.number(1), epoch: row.number(2))
        liveSessions = Int(row.number(3))
        liveRemembered = Int(row.number(4))
    }
}
