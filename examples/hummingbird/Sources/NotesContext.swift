import ExeuntHummingbird
import ExeuntVerifier
import Hummingbird
import NIOCore

/// A request, and who makes it.
struct NotesContext: ExeuntRequestContext {
    var coreContext: CoreRequestContextStorage
    var identity: Identity?
    /// Where it came from, for the person's list of devices.
    let address: String?

    init(source: Source) {
        coreContext = .init(source: source)
        address = source.channel.remoteAddress?.ipAddress
    }

    var requestDecoder: URLEncodedFormDecoder { URLEncodedFormDecoder() }

    /// Forms here are small.
    var maxUploadSize: Int { 16_384 }
}
