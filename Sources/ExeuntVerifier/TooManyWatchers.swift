/// As many streams and sockets as are allowed wait for the end of their session already.
public struct TooManyWatchers: Error, Hashable, Sendable {
    init() {}
}
