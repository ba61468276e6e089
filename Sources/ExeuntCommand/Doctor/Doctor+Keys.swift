internal import Exeunt
internal import Settlement

extension Doctor {
    /// The master keys, and whether they open every signing key.
    func checkKeys(in store: any Store) async -> [Finding] {
        let stored: [StoredSigningKey]
        do {
            stored = try await store.signingKeys(at: environment.now())
        } catch {
            return [.problem("signing keys", CommandFailure(error).message)]
        }
        let file = folder.masterKey
        guard SmallFile.exists(file.path) else {
            return [
                .problem(
                    "master key",
                    "\(file.path) is missing; "
                        + (stored.isEmpty
                            ? "`exeunt serve` makes it at its first start"
                            : "put it back from its backup, or, if it is lost, see `exeunt keys reset --help`"))
            ]
        }
        do throws(CommandFailure) {
            let count = try file.read().count
            let ring = try file.keyRing()
            let keys = count == 1 ? "1 key" : "\(count) keys"
            return [
                .ok("master key", "\(file.path) has \(keys) and is for its owner alone"), check(stored, with: ring),
            ]
        } catch {
            return [.problem("master key", error.message)]
        }
    }

    private func check(_ stored: [StoredSigningKey], with ring: KeyRing) -> Finding {
        for key in stored {
            do {
                _ = try ring.unseal(key.sealed, name: key.id)
            } catch {
                return .problem("signing keys", CommandFailure(error).message)
            }
        }
        guard let signing = stored.newest else {
            return .problem("signing keys", "there is none that signs; `exeunt serve` makes one")
        }
        let days = environment.now().since(signing.createdAt).milliseconds / 86_400_000
        if environment.now().since(signing.createdAt) > settings.keyRotation + .seconds(86_400) {
            return .warning(
                "signing keys", "\(signing.id) signs for \(days) days now; a running server replaces it by itself")
        }
        let trusted = stored.count == 1 ? "" : ", and \(stored.count - 1) more are trusted"
        return .ok(
            "signing keys", "\(signing.id) (\(signing.algorithm.rawValue), \(days) days old) signs\(trusted); all open")
    }
}
