import ExeuntVerifier
import HTTPTypes
import Hummingbird
import NIOCore

/// The pages.
enum Page {
    static func signIn(saying message: String? = nil, status: HTTPResponse.Status = .ok) -> Response {
        html(
            "Sign in", status: status,
            """
            <h1>Notes</h1>
            \(message.map { #"<p role="alert">\#(escaped($0))</p>"# } ?? "")
            <form method="post" action="/sign-in">
              <label>Name <input name="name" autocomplete="username" required></label>
              <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
              <button>Sign in</button>
            </form>
            """)
    }

    static func notes(_ notes: [String], of identity: Identity) -> Response {
        html(
            "Notes of \(identity.subject)", session: identity.sessionID,
            """
            <h1>Notes of \(escaped(identity.subject))</h1>
            <form method="post" action="/notes">
              <label>A new note <input name="text" required maxlength="500"></label>
              <button>Keep it</button>
            </form>
            <ul>\(notes.map { "<li>\(escaped($0))</li>" }.joined())</ul>
            <footer>
              \(signOut(.current, "Sign out"))
              \(signOut(.others, "Sign out elsewhere"))
              \(signOut(.everywhere, "Sign out everywhere"))
            </footer>
            """)
    }

    static let stillPending = "A server that cannot be reached may take a few seconds more to know."

    /// What a sign-out has done, and no more than that.
    static func receipt(_ receipt: SignOutReceipt, of scope: SignOutScope) -> Response {
        let (heading, next) =
            switch scope {
            case .current: ("You are signed out", "Sign in again")
            case .others: ("Signed out elsewhere", "Back to the notes")
            case .everywhere: ("You are signed out everywhere", "Sign in again")
            }
        let milliseconds = receipt.settledAfter.map { Int($0 / .milliseconds(1)) } ?? 0
        let (fact, text) =
            if !receipt.isSettled {
                ("pending", "It is ended. \(stillPending)")
            } else if scope == .others, receipt.endedSessions == 0 {
                ("nothing", "There was no other session.")
            } else {
                (
                    #"settled-after="\#(milliseconds)""#,
                    "Settled after \(milliseconds) ms: no server accepts anything of it any more."
                )
            }
        return html(
            heading,
            #"<h1>\#(heading)</h1><p id="receipt" data-\#(fact)>\#(text)</p><p><a href="/">\#(next)</a></p>"#)
    }

    static func signedOut() -> Response {
        html(
            "Signed out",
            #"<h1>You are signed out</h1><p>Nobody is signed in here.</p><p><a href="/">Sign in again</a></p>"#)
    }

    static func stillSignedIn(wanted scope: SignOutScope) -> Response {
        html(
            "Still signed in", status: .serviceUnavailable,
            """
            <h1>You are still signed in</h1>
            <p role="alert">The sign-out could not be made sure of. Try again in a moment.</p>
            <footer>\(signOut(scope, "Try again"))</footer>
            """)
    }

    static func asset(_ text: String, type: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "\(type); charset=utf-8", .cacheControl: "public, max-age=60"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private static func signOut(_ scope: SignOutScope, _ label: String) -> String {
        #"<form method="post" action="/sign-out"><input type="hidden" name="scope" value="\#(scope.rawValue)">"#
            + "<button>\(label)</button></form>"
    }

    private static func html(
        _ title: String, status: HTTPResponse.Status = .ok, session: String? = nil, _ body: String
    ) -> Response {
        let guardian = session.map {
            #"<meta name="session" content="\#($0)"><script type="module" src="/notes.js"></script>"#
        }
        let page = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(escaped(title))</title>
            <link rel="stylesheet" href="/notes.css">
            \(guardian ?? "")
            </head>
            <body><main>\(body)</main></body>
            </html>
            """
        return Response(
            status: status, headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: page)))
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.append(character)
            }
        }
    }
}
