import ExeuntHummingbird
import ExeuntVerifier
import Hummingbird

/// A request, and who makes it.
struct TestContext: ExeuntRequestContext {
    var coreContext: CoreRequestContextStorage
    var identity: Identity?

    init(source: Source) { coreContext = .init(source: source) }
}
