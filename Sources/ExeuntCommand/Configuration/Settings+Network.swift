internal import Exeunt
internal import ExeuntHTTP

extension Settings {
    /// Where to listen.
    var listen: ListenAddress { ListenAddress(text(.listen)) ?? ListenAddress(host: "127.0.0.1", port: 8080) }

    /// The certificate and its key, when TLS is on.
    var tls: TLSFiles? {
        guard let certificate = optionalText(.tlsCertificate), let key = optionalText(.tlsKey) else { return nil }
        return TLSFiles(certificate: certificate, key: key)
    }

    /// What browsers and apps call a server that listens on this port; nil when that has to be set.
    func publicURL(port: Int) -> PublicURL? {
        if let text = optionalText(.publicURL) { return PublicURL(text) }
        let listen = listen
        if listen.isWildcard { return nil }
        let host = ListenAddress(host: listen.isLoopback ? "localhost" : listen.host, port: port).text(port: port)
        return PublicURL((tls == nil ? "http://" : "https://") + host)
    }

    /// How the authority meets the network.
    func http(publicURL: PublicURL) -> HTTPSettings {
        var http = HTTPSettings(publicURL: publicURL)
        http.trustedProxies = list(.trustedProxies).compactMap(AddressBlock.init)
        http.defaultReturn = text(.defaultReturn)
        http.returnURLs = list(.returnURLs)
        http.clearsCache = flag(.clearCache)
        http.rememberDays = max(1, integer(.rememberLifetime) / 86_400)
        return http
    }

    /// Values that are right by themselves and wrong together.
    var contradictions: [ConfigurationFault] {
        var faults: [ConfigurationFault] = []
        func refuse(_ key: SettingKey, _ message: String) {
            faults.append(ConfigurationFault(key: key.rawValue, place: place(of: key), message: message))
        }
        if optionalText(.tlsCertificate) != nil, optionalText(.tlsKey) == nil {
            refuse(.tlsCertificate, "a certificate needs its key; set tls.key too")
        }
        if optionalText(.tlsKey) != nil, optionalText(.tlsCertificate) == nil {
            refuse(.tlsKey, "a key needs its certificate; set tls.certificate too")
        }
        guard faults.isEmpty else { return faults }
        let given = optionalText(.publicURL).flatMap { PublicURL($0) }
        if tls != nil, let given, !given.isSecure {
            refuse(.publicURL, "with tls.certificate set, browsers come by https; make it https:// too")
        }
        if tls == nil, !listen.isLoopback, given?.isSecure != true {
            refuse(
                .listen,
                """
                other machines can reach \(text(.listen)), and without TLS whoever is between could copy their cookies; \
                set public_url to the https address of the proxy in front, or set tls.certificate and tls.key, or listen \
                on 127.0.0.1
                """)
        } else if given == nil, publicURL(port: listen.port) == nil {
            refuse(
                .listen, "\(text(.listen)) is not what anybody calls this server; set public_url to its https address")
        }
        return faults
    }
}
