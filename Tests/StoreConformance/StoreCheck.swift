package import Exeunt

/// One promise of the port, as a check that any store can be put to.
package struct StoreCheck: Sendable, CustomStringConvertible {
    /// A store with one fault, which the check must find.
    package struct WrongStore: Sendable, CustomStringConvertible {
        /// What it does wrong.
        package let fault: String
        /// Puts the fault over a store that is right.
        package let wrap: @Sendable (any Store) -> any Store

        package var description: String { fault }
    }

    /// The promise, as a sentence.
    package let name: String
    package let wrongStores: [WrongStore]
    private let body: @Sendable (Scenario) async throws -> Void

    package var description: String { name }

    /// A check and the stores that it catches.
    init(
        _ name: String, catches wrongStores: [WrongStore],
        _ body: @escaping @Sendable (Scenario) async throws -> Void
    ) {
        self.name = name
        self.wrongStores = wrongStores
        self.body = body
    }

    /// Puts a fresh store to the check; throws ``Broken`` when it does not keep the promise.
    package func run(on tested: TestedStore) async throws {
        do {
            try await body(Scenario(tested))
        } catch let broken as Broken {
            throw Broken(promise: name, detail: broken.detail)
        }
    }
}
