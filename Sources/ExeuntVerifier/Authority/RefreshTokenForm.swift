internal import Settlement

/// What a refresh token of the authority looks like: `exr_`, and base64url of at least a MAC of 32 bytes.
///
/// What it says is the authority's alone to know; but anybody can put anything into a cookie, and what cannot be a token is not
/// worth a question.
enum RefreshTokenForm {
    private static let prefix = "exr_"
    private static let fewestBytes = 32

    static func matches(_ text: String) -> Bool {
        guard text.utf8.count <= Limits.refreshTokenBytes, text.hasPrefix(prefix),
            let bytes = Base64URL.decode(text.dropFirst(prefix.count))
        else { return false }
        return bytes.count >= fewestBytes
    }
}
