/// One ordinary sign-out: what the device had, that it was good, what was done, and what the device has left.
struct SignOutEvent: Sendable {
    var before: Device
    /// What each credential got at a protected address just before, by its label.
    var controls: [String: Auditor.Look]
    var exchanges: [Exchange]
    var after: Device
    /// The request of the sign-out as it was sent, to be sent again.
    var prepared: PreparedRequest
    /// When it was answered, on the clock that never goes back.
    var answered: Duration

    /// Lets it happen while another device of the user is signed in, later than this one: a sign-out must find its own.
    static func happen(in auditor: Auditor) async throws -> SignOutEvent {
        var device = try await auditor.signedInDevice()
        let other = try await auditor.signedInDevice()
        if try await auditor.isSignedIn(device).judgement == .accepted {
            await auditor.giveBack(other)
        } else {
            // One session to a user, and the second sign-in took it.
            device = try await auditor.signedInDevice()
        }
        var controls: [String: Auditor.Look] = [:]
        for credential in device.credentials where credential.opens {
            controls[credential.label] = try await auditor.isSignedIn(auditor.thief(of: device, with: [credential]))
        }
        device.startRecording()
        let prepared = try await device.prepare(auditor.target.signOut)
        let before = device
        device.startRecording()
        let exchanges = try await device.finish(prepared)
        return SignOutEvent(
            before: before, controls: controls, exchanges: exchanges, after: device, prepared: prepared,
            answered: auditor.surroundings.elapsed())
    }
}
