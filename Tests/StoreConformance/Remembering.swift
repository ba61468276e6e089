import Exeunt
import Settlement
import Synchronization

/// What a wrong store remembers that it should have forgotten.
final class Remembering<Value: Sendable>: Sendable {
    private let held = Mutex<[SecretHash: Value]>([:])

    subscript(_ key: SecretHash) -> Value? {
        get { held.withLock { $0[key] } }
        set { held.withLock { $0[key] = newValue } }
    }

    /// What it remembers when there is only one thing to remember.
    var only: Value? {
        get { self[SecretHash(stored: [])] }
        set { self[SecretHash(stored: [])] = newValue }
    }

    subscript(_ key: Identifier) -> Value? {
        get { self[SecretHash(stored: key.bytes)] }
        set { self[SecretHash(stored: key.bytes)] = newValue }
    }
}
