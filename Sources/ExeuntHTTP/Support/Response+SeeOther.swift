internal import HTTPTypes
internal import Hummingbird

extension Response {
    /// Over to another place with a GET: 303 and never 307, which would repeat a form with its password (RFC 9700 §4.12).
    static func seeOther(_ place: String) -> Response {
        Response(status: .seeOther, headers: [.location: place])
    }
}
