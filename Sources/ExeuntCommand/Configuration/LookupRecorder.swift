internal import Configuration
internal import Synchronization

/// Notes where the configuration library looked for the latest value.
final class LookupRecorder: AccessReporter {
    private let results = Mutex<[AccessEvent.ProviderResult]>([])

    func report(_ event: AccessEvent) {
        results.withLock { $0 = event.providerResults }
    }

    /// The provider that decided, counted from 0: the first that had a value, or something that cannot be one; nil when
    /// none had anything.
    var decidingProvider: Int? {
        results.withLock { results in
            guard let last = results.last else { return nil }
            if case .success(let found) = last.result, found.value == nil { return nil }
            return results.count - 1
        }
    }
}
