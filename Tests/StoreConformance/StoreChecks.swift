/// Every promise of the port that a store can be put to.
package enum StoreChecks {
    package static let all: [StoreCheck] = [
        TerminalChecks.all, RaceChecks.all, RotationChecks.all, RememberChecks.all, EndingChecks.all, KeepingChecks.all,
        OpeningChecks.all, CostChecks.all, SweepChecks.all, LogChecks.all, ReadingChecks.all, RegistryChecks.all,
        LifeChecks.all, PromiseChecks.all, NodeChecks.all, TellingChecks.all, ToldLaterChecks.all, ReceiverChecks.all,
        DeliveryChecks.all, UpstreamChecks.all, StatusChecks.all,
    ].flatMap { $0 }

    /// Every wrong store, with the check that must catch it.
    package static let traps = all.flatMap { check in
        check.wrongStores.map { StoreTrap(check: check, wrong: $0) }
    }
}
