/// Every probe, in the order in which they are answered: later ones look at what earlier ones found.
package enum ProbeCatalog {
    package static let all: [Probe] =
        SignedTokenProbes.all + [RepeatedSignOutProbes.garbage, SignInProbes.differ] + ReplayProbes.all
        + RefreshProbes.all
        + StreamProbes.all + SafeMethodProbes.all + ForgeryProbes.all + RepeatedSignOutProbes.all + CookieProbes.all
        + ClearingProbes.all + PageProbes.all + RedirectProbes.all + ErrorProbes.all + SignInProbes.all + TimeProbes.all
        + StrengthProbes.all + DeviceProbes.all + BrowserProbes.all
}
