"""What a browser still holds, or shows, after sign-out."""

from __future__ import annotations

from typing import Any

from ..browser_sessions import Session
from ..hybrid import APP_SCRIPT, CLEAR_SCRIPT, KEEP_SCRIPT, Hybrid
from ..web import Request, Response, html, js, route


class StorageIsKept(Hybrid):
    """Sign-out leaves what the page has put into `localStorage`.

    The draft is to be there tomorrow, for whoever sits there then.
    """

    found_by = ("browser-storage",)
    clear_script = CLEAR_SCRIPT.replace("localStorage.clear();", "")


class TabStorageIsKept(Hybrid):
    """Sign-out leaves what the page has put into `sessionStorage`.

    It goes when the tab is closed, which is not when one signs out.
    """

    found_by = ("browser-storage",)
    clear_script = CLEAR_SCRIPT.replace("sessionStorage.clear();", "")


class DatabaseIsKept(Hybrid):
    """Sign-out leaves the page's database.

    A library keeps it, and whoever wrote sign-out looked into `localStorage` alone.
    """

    found_by = ("browser-indexeddb",)
    clear_script = CLEAR_SCRIPT.replace('indexedDB.deleteDatabase("letters");', "")


class CacheIsKept(Hybrid):
    """Sign-out leaves the answers that the page has put into a cache.

    It is there for days without a network.
    """

    found_by = ("browser-cache-storage",)
    clear_script = CLEAR_SCRIPT.replace("for (const name of await caches.keys()) await caches.delete(name);", "")


class WorkerAnswers(Hybrid):
    """A service worker stays after sign-out and answers with what it has read before.

    It is faster than the server, and nobody tells it that somebody has left.
    """

    found_by = ("browser-service-worker",)
    keep_script = KEEP_SCRIPT.replace(
        'await navigator.serviceWorker.register("/worker.js");',
        'await navigator.serviceWorker.register("/worker.js");\n'
        "  (await navigator.serviceWorker.ready).active.postMessage(me);",
    )
    clear_script = CLEAR_SCRIPT.replace("await worker.unregister();", "worker.update();")

    def worker_script(self, request: Request) -> Response:
        """The service worker, which answers for the server."""
        return js(
            'addEventListener("install", () => skipWaiting());\n'
            'addEventListener("activate", (event) => event.waitUntil(clients.claim()));\n'
            "let known;\n"
            'addEventListener("message", (event) => { known = event.data; });\n'
            'addEventListener("fetch", (event) => {\n'
            '  const isMine = new URL(event.request.url).pathname === "/api/me";\n'
            "  if (isMine && known) event.respondWith(Response.json(known));\n"
            "});\n"
        )


class OtherTabsGoOn(Hybrid):
    """Other tabs go on showing what they showed.

    Each tab minds its own business.
    """

    found_by = ("browser-other-tabs",)
    leave_script = Hybrid.leave_script.replace("tabs.onmessage = leave;", "")


class LettersAreEverybodys(Hybrid):
    """The server keeps an answer by its address, and the next person gets what was made for the one before.

    It is slow to make, and the key of the cache lacks the person.
    """

    found_by = ("browser-next-user",)

    def __init__(self) -> None:
        super().__init__()
        self.made: dict[str, Any] = {}

    def account_of(self, session: Session) -> Any:
        """Whose session it is, as found out once and for all."""
        return self.made.setdefault("/api/me", super().account_of(session))


class ButtonOnlyForgets(Hybrid):
    """The button forgets all that the page knows, leads to the goodbye, and tells the server nothing.

    The server can end sessions, and does for whoever asks it; the page was made by somebody else.
    """

    found_by = ("browser-reopened",)

    @route("GET", "/app.js")
    def app_script(self, request: Request) -> Response:
        """The script of the app, whose button asks for nothing."""
        call = APP_SCRIPT[APP_SCRIPT.index("  const answer") : APP_SCRIPT.index("  tabs.postMessage")]
        return js(self.keep_script + self.clear_script + self.leave_script + APP_SCRIPT.replace(call, ""))


class BackFromMemory(Hybrid):
    """The page is the same for everybody, its script fills it in, and Back brings it from memory as it was.

    There is nothing private in the page that the server sends, and so nobody thought of what it shows later.
    """

    found_by = ("browser-back-cached",)
    keep_script = "async function keep() {}"
    clear_script = "async function clear() {}"
    leave_script = (
        Hybrid.leave_script.replace("document.body.replaceChildren();", "")
        .replace("location.replace(", "location.assign(")
        .replace('addEventListener("pageshow", (event) => event.persisted && location.reload());', "")
    )

    def tour(self) -> dict[str, Any]:
        """Without the page, which anybody may see."""
        tour = super().tour()
        return tour | {"protected": tour["protected"][1:]}

    @route("GET", "/app")
    def app(self, request: Request) -> Response:
        """The app's page, in which there is nothing yet."""
        body = "<p id=secret></p><button id=logout>Sign out</button><script type=module src=/app.js></script>"
        return html("Letters", body)

    @route("GET", "/app.js")
    def app_script(self, request: Request) -> Response:
        """The script of the app, which leads to the sign-in who is not signed in."""
        script = APP_SCRIPT.replace(
            'const me = await (await fetch("/api/me")).json();',
            'const asked = await fetch("/api/me");\n'
            'if (!asked.ok) location.replace("/login");\n'
            "const me = asked.ok ? await asked.json() : await new Promise(() => {});",
        )
        return js(self.keep_script + self.clear_script + self.leave_script + script)
