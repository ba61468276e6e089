internal import Exeunt
internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// Who calls the server door: a client with HTTP Basic, or, at the OAuth endpoints, with form fields (RFC 6749 §2.3.1).
struct CallerAuthentication: Sendable {
    let authority: Authority
    private let known = KnownCallers()

    init(authority: Authority) { self.authority = authority }

    /// The client of a request.
    ///
    /// Throws a 401 when none is shown or what is shown is wrong, and a 400 when two ways are used at once.
    func client(_ request: Request, form: FormFields? = nil) async throws -> Client {
        let formID = form?["client_id"]
        let formSecret = form?["client_secret"]
        if let header = request.headers[.authorization] {
            guard formSecret == nil else {
                throw HTTPProblem.badRequest("A client authenticates in one way, not in two.")
            }
            guard let (id, secret) = Self.basic(header), formID == nil || formID == id else {
                throw HTTPProblem.clientUnknown
            }
            return try await authenticate(id: id, secret: secret)
        }
        guard let formID else { throw HTTPProblem.clientUnknown }
        return try await authenticate(id: formID, secret: formSecret)
    }

    /// The client of a request, if it has that scope, or `admin` where that includes it; throws a 403 otherwise.
    func client(_ request: Request, form: FormFields? = nil, scope: Client.Scope) async throws -> Client {
        let client: Client
        if let header = Self.memorable(request, form: form, scope: scope) {
            let now = authority.environment.moment()
            if let known = known.client(header, at: now) {
                client = known
            } else {
                client = try await self.client(request, form: form)
                known.note(client, for: header, at: now)
            }
        } else {
            client = try await self.client(request, form: form)
        }
        let isAdministrator = client.scopes.contains(.admin) && (scope == .sessions || scope == .admin)
        guard client.scopes.contains(scope) || isAdministrator else { throw HTTPProblem.scopeMissing }
        return client
    }

    /// The header of a request whose client need not be looked up again a moment later: for scopes that only read.
    private static func memorable(_ request: Request, form: FormFields?, scope: Client.Scope) -> String? {
        guard scope == .feed || scope == .introspect, form?["client_id"] == nil, form?["client_secret"] == nil else {
            return nil
        }
        return request.headers[.authorization]
    }

    private func authenticate(id: String, secret: String?) async throws -> Client {
        do {
            return try await authority.authenticateClient(id: id, secret: secret)
        } catch AuthorityError.invalidCredential {
            throw HTTPProblem.clientUnknown
        }
    }

    /// The id and the secret of a Basic header, each decoded from a form's encoding once more.
    private static func basic(_ header: String) -> (id: String, secret: String)? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic",
            let data = Data(base64Encoded: String(parts[1])), let pair = String(validating: data, as: UTF8.self),
            let colon = pair.firstIndex(of: ":")
        else { return nil }
        let fields = try? FormFields(
            parsing: "id=\(escaped(pair[..<colon]))&secret=\(escaped(pair[pair.index(after: colon)...]))".utf8)
        guard let id = fields?["id"], let secret = fields?["secret"] else { return nil }
        return (id, secret)
    }

    /// Keeps a stray separator inside its field.
    private static func escaped(_ text: Substring) -> String {
        text.split(separator: "&", omittingEmptySubsequences: false).joined(separator: "%26")
    }
}
