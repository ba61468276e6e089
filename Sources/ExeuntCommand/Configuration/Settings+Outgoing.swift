internal import Exeunt
internal import OutboundHTTP

extension Settings {
    /// Does something with the way out, and closes it again whatever becomes of that.
    func withOutgoingHTTP(_ body: (OutboundHTTP) async throws -> Void) async throws {
        let http = try outgoingHTTP()
        do {
            try await body(http)
        } catch {
            await http.close()
            throw error
        }
        await http.close()
    }

    /// The way out, to receivers and providers.
    ///
    /// Throws when the file of certificate authorities cannot be read.
    func outgoingHTTP() throws(CommandFailure) -> OutboundHTTP {
        let way = WayOut(allowing: list(.outgoingAllow).compactMap { AddressBlock($0) })
        let file = optionalText(.outgoingAuthorities)
        do {
            return try OutboundHTTP(way, authorities: file)
        } catch {
            throw CommandFailure(
                .couldNotTry,
                "\(SettingKey.outgoingAuthorities.rawValue) (\(file ?? "")) is no PEM file of certificates")
        }
    }
}
