internal import Settlement

/// A request that waits for the next flush.
struct Waiting {
    var request: Request
    var since: Moment
}
