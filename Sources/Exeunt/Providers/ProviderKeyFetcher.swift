/// Fetches a provider's keys: from where it was registered, else from where its metadata says.
struct ProviderKeyFetcher: Sendable {
    /// Why there are no keys, for an operator.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let http: any OutgoingHTTP

    /// The keys of a provider, and for how long it says that they are good (RFC 9111 §5.2.2.1); nil when it does not say.
    func keys(of provider: Provider) async throws(Failure) -> (keys: ProviderKeySet, freshness: Duration?) {
        let place: String
        if let registered = provider.jwksURI { place = registered } else { place = try await discoveredPlace(provider) }
        let answer = try await get(place, "the key set")
        do throws(ProviderKeySet.Fault) {
            return (try ProviderKeySet(jwks: answer.body), answer.headers["cache-control"].flatMap(Self.freshness))
        } catch {
            throw Failure(description: "\(place): \(error.description)")
        }
    }

    /// Where the metadata of an issuer says that its keys are (OpenID Connect Discovery 1.0 §4).
    ///
    /// Metadata of any other issuer is refused (§4.3): else whoever can write one path of a host speaks for another's.
    private func discoveredPlace(_ provider: Provider) async throws(Failure) -> String {
        let issuer = provider.issuer
        let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
        let url = base + "/.well-known/openid-configuration"
        let answer = try await get(url, "the provider's metadata")
        guard let metadata = StrictJSON(answer.body)?.object else {
            throw Failure(description: "\(url): the provider's metadata is no JSON object")
        }
        guard let named = metadata["issuer"]?.string, named.isExactly(issuer) else {
            throw Failure(description: "\(url): the metadata is not of the issuer \(issuer)")
        }
        guard let place = metadata["jwks_uri"]?.string, place.utf8.count <= Limits.endpointBytes else {
            throw Failure(description: "\(url): the metadata has no jwks_uri")
        }
        return place
    }

    private func get(_ url: String, _ what: String) async throws(Failure) -> OutgoingAnswer {
        let answer: OutgoingAnswer
        do throws(OutgoingFailure) {
            answer = try await http.send(
                OutgoingRequest(
                    .get, url, headers: [("Accept", "application/json, application/jwk-set+json")],
                    timeout: Limits.keyTimeout))
        } catch {
            throw Failure(description: "\(url): \(error.text)")
        }
        guard answer.status == 200 else {
            throw Failure(description: "\(url): \(what) was answered with \(answer.status)")
        }
        return answer
    }

    private static func freshness(_ cacheControl: String) -> Duration? {
        let directives = cacheControl.lowercased().split(separator: ",").map { $0.filter { !$0.isWhitespace } }
        if directives.contains("no-store") || directives.contains("no-cache") { return .zero }
        guard let age = directives.first(where: { $0.hasPrefix("max-age=") }) else { return nil }
        let digits = age.dropFirst("max-age=".count).filter { $0 != "\"" }
        return UInt32(digits).map { .seconds(Int64($0)) }
    }
}

extension OutgoingFailure {
    /// What happened, for an operator.
    var text: String {
        switch self {
        case .refused(let why), .unreachable(let why), .unusable(let why): why
        }
    }
}
