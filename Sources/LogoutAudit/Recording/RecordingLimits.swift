/// Every cap of what is read from a recording, with its unit and its reason.
package enum RecordingLimits {
    /// Bytes of a HAR file: minutes of clicking through an application with pictures; what is longer was not meant for this.
    package static let fileBytes = 64 << 20
    /// Requests of a recording that are looked at.
    package static let exchanges = 5000
    /// Bytes of all answers that the recorder keeps in memory; what comes later is kept without its body.
    package static let keptBytes = 128 << 20
    /// Bytes of a request that the recorder passes on: a form with a picture.
    package static let requestBytes = 16 << 20
    /// Protected addresses that are written into a target file: enough kinds of pages, and few enough for a short audit.
    package static let protected = 6
    /// Values of headers whose origin is looked for: a signed-in client has a few, and each is looked for in all answers.
    static let searchedHeaders = 32
    /// A value that is shorter is not looked for in earlier answers: it would be found everywhere.
    static let shortestValue = 6
    /// Characters before a value by which it is found again in a page.
    static let contextCharacters = 24
}
