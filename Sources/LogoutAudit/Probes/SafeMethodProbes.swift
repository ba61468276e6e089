/// Nobody is signed out by what browsers fetch on their own.
enum SafeMethodProbes {
    static let all = [get, head, image, prefetch]

    private static let clauses = ["ASVS 3.5.1", "ASVS 3.5.3", "WSTG-SESS-05"]

    private static func probe(
        _ id: String, _ title: String, sends: String, follows: [String], name: String, method: String,
        headers: HeaderFields, needsCookies: Bool
    ) -> Probe {
        Probe(
            id, title, group: .route, clauses: clauses, severity: .medium, sends: sends,
            follows: ["sign-out-works"] + follows
        ) { auditor in
            if needsCookies, await !auditor.isCookieBased {
                return .notApplicable("what opens protected addresses is not sent by a browser on its own")
            }
            let attack = Attack(
                forge: { prepared, device in
                    var request = WebRequest(method, prepared.request.address, headers: headers)
                    if !needsCookies { request.headers.set(device.standingHeaders) }
                    return request
                }, name: name)
            return try await attack.finding(
                in: auditor, ended: "\(name) ends the session", stays: "\(name) ends nothing")
        }
    }

    static let get = probe(
        "logout-by-get", "GET signs nobody out", sends: "GET to the sign-out's address, signed in", follows: [],
        name: "a GET of the sign-out's address", method: "GET",
        headers: ["Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"],
        needsCookies: false)

    static let head = probe(
        "logout-by-head", "HEAD signs nobody out", sends: "HEAD to the sign-out's address, signed in",
        follows: ["logout-by-get"], name: "a HEAD of the sign-out's address", method: "HEAD", headers: [:],
        needsCookies: false)

    static let image = probe(
        "logout-by-image", "An image whose address is the sign-out's signs nobody out",
        sends: "GET to the sign-out's address as an image, signed in", follows: ["logout-by-get"],
        name: "an image with the sign-out's address", method: "GET",
        headers: [
            "Accept": "image/avif,image/webp,image/*,*/*;q=0.8", "Sec-Fetch-Site": "same-origin",
            "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image",
        ], needsCookies: true)

    static let prefetch = probe(
        "logout-by-prefetch", "A link that a browser fetches ahead signs nobody out",
        sends: "GET to the sign-out's address as a prefetch, signed in", follows: ["logout-by-get"],
        name: "a prefetch of the sign-out's address", method: "GET",
        headers: [
            "Purpose": "prefetch", "Sec-Purpose": "prefetch", "Sec-Fetch-Site": "same-origin",
            "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty",
        ], needsCookies: true)
}
