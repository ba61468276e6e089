internal import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension Surface {
    /// Ends the sessions that were opened with a provider's session, because a page of the provider has this one in a frame (OpenID
    /// Connect Front-Channel Logout 1.0 §2 and §3).
    ///
    /// It goes by `iss` and `sid` alone: a frame on a page of another site brings no cookie of ours. The answer is the same empty page
    /// whether that ended anything or not.
    @Sendable func hearFrontChannel(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        let query = try FormFields(query: request.uri.query)
        let (issuer, session) = (try query.required("iss"), try query.required("sid"))
        // A `HEAD` or a prefetch is nobody's wish to sign out.
        if request.method == .get, !request.isPrefetch {
            do throws(AuthorityError) {
                try await heeding.hearFrontChannel(
                    issuer: issuer, session: session, by: provenance(request, context))
            } catch {
                throw HTTPProblem(notEnded: error)
            }
        }
        let frames = Self.origin(ofIssuer: issuer) ?? "'none'"
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "no-cache, no-store",
                .contentSecurityPolicy: "default-src 'none'; frame-ancestors \(frames)",
                .resourcePolicy: "cross-origin",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: "<!doctype html><title>Signed out</title>\n")))
    }

    /// The origin of an issuer as a source in a policy (CSP 3 §2.3.1), or nil where that would be anything but scheme, host and port.
    private static func origin(ofIssuer issuer: String) -> String? {
        let parts = issuer.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0] == "https:" || parts[0] == "http:", parts[1].isEmpty, !parts[2].isEmpty,
            parts[2].utf8.allSatisfy({ byte in
                let character = Character(Unicode.Scalar(byte))
                return byte < 0x80 && (character.isLetter || character.isNumber || ".-:[]".contains(character))
            })
        else { return nil }
        return "\(parts[0])//\(parts[2])"
    }
}
