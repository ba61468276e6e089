internal import Exeunt
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Settlement

/// A file that pages load; it is part of the program.
struct Asset: Sendable {
    let bytes: ByteBuffer
    let contentType: String
    /// A strong validator of the content (RFC 9110 §8.8.3).
    let tag: String

    init(_ bytes: [UInt8], _ contentType: String) {
        self.bytes = ByteBuffer(bytes: bytes)
        self.contentType = contentType
        self.tag = "\"\(Base64URL.encode(SecretHash(of: bytes).bytes.prefix(12)))\""
    }

    static let all: [String: Asset] = [
        "site.css": Asset(PackageResources.site_css, "text/css; charset=utf-8"),
        "site.js": Asset(PackageResources.site_js, "text/javascript; charset=utf-8"),
        "session.js": Asset(PackageResources.session_js, "text/javascript; charset=utf-8"),
        "icon.svg": Asset(PackageResources.icon_svg, "image/svg+xml"),
        "device-computer.svg": Asset(PackageResources.device_computer_svg, "image/svg+xml"),
        "device-phone.svg": Asset(PackageResources.device_phone_svg, "image/svg+xml"),
        "device-tablet.svg": Asset(PackageResources.device_tablet_svg, "image/svg+xml"),
        "device-other.svg": Asset(PackageResources.device_other_svg, "image/svg+xml"),
    ]

    /// The description of the HTTP surface (OpenAPI 3.1).
    static let openAPI = ByteBuffer(bytes: PackageResources.openapi_json)
}

extension Surface {
    @Sendable func asset(_ request: Request, _ context: AuthorityRequestContext) async throws -> Response {
        guard let asset = context.parameters.get("name").flatMap({ Asset.all[$0] }) else {
            throw HTTPProblem.notFound()
        }
        let headers: HTTPFields = [
            .contentType: asset.contentType, .eTag: asset.tag, .cacheControl: "public, max-age=300",
        ]
        if request.headers[.ifNoneMatch] == asset.tag { return Response(status: .notModified, headers: headers) }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: asset.bytes))
    }
}
