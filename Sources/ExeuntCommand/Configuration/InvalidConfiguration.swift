/// A configuration that cannot be used, with everything that is wrong with it.
struct InvalidConfiguration: Error {
    var faults: [ConfigurationFault]
}
