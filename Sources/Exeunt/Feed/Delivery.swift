/// How far an ending has come at a mirror when it is answered.
package enum Delivery: Hashable, Sendable {
    /// Whoever asks the mirror from now on refuses.
    case done
    /// It is still to be delivered; from that moment on whoever asks the mirror refuses in any case, because nobody vouches for it then.
    case pending(settlesBy: Timestamp)
}
