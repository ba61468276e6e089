internal import Exeunt
internal import OutboundHTTP

extension Settings {
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
