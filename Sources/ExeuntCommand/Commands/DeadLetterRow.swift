internal import Exeunt
internal import Settlement

/// A dead letter, as it is shown.
struct DeadLetterRow: Encodable {
    var number: Int64
    var receiverId: String
    var sessionId: String
    var subject: String
    var clientId: String
    var reason: String
    var endedAt: String
    var givenUpAt: String
    var why: String

    init(_ letter: DeadLetter) {
        number = letter.number
        receiverId = letter.receiver.description
        sessionId = letter.ended.session.description
        subject = letter.ended.subject.name
        clientId = letter.ended.clientID
        reason = letter.ended.reason.rawValue
        endedAt = letter.ended.at.text
        givenUpAt = letter.at.text
        why = letter.why
    }
}
