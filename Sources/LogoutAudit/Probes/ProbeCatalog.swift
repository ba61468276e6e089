/// Every probe, in the order in which they are answered: later ones look at what earlier ones found.
package enum ProbeCatalog {
    package static let all: [Probe] =
        ReplayProbes.all + RefreshProbes.all + SafeMethodProbes.all + ForgeryProbes.all + RepeatedSignOutProbes.all
        + CookieProbes.all + ClearingProbes.all
}
