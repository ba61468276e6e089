/// A target file that cannot be used, with everything that is wrong with it.
package struct InvalidTarget: Error, Sendable {
    package var faults: [TargetFault]
}
