"""Stands for a server with an adapter, to force what a real one does only rarely: refusals, slow answers, no events.

That the browser client works with the real adapters is tested elsewhere, on the examples.
"""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlsplit

from exeunt import PATIENCE
from server import REPOSITORY

CLIENT = REPOSITORY / "clients/browser"
BEAT_SECONDS = 0.1
"""How often a stream says that it is there, which is how the double notices that nobody listens any more."""


@dataclass
class Asked:
    """A request that came in."""

    method: str
    path: str
    cookies: dict[str, str]
    body: str


class Gate:
    """Keeps requests waiting until it is opened."""

    def __init__(self) -> None:
        self.waiting = 0
        self._changed = threading.Condition()
        self._open = False

    def pass_through(self) -> None:
        """Waits in line."""
        with self._changed:
            self.waiting += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._open, PATIENCE)

    def until(self, count: int) -> None:
        """Waits until so many requests wait."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.waiting >= count, PATIENCE)

    def open(self) -> None:
        """Lets all through, now and later."""
        with self._changed:
            self._open = True
            self._changed.notify_all()


@dataclass
class Session:
    """A session of somebody who is signed in."""

    subject: str
    ended: threading.Event = field(default_factory=threading.Event)
    is_stale: bool = False
    """Whether the access token has expired, so that a refresh is due."""


class AdapterDouble:
    """Listens on a free port until it is stopped; what it does is set by its attributes."""

    def __init__(self, tls: tuple[Path, Path] | None = None) -> None:
        double = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                with suppress(OSError):  # Whoever has asked may be gone by now.
                    _Exchange(double, self).answer()

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self.sessions: dict[str, Session] = {}
        self.asked: list[Asked] = []
        self.options = "{}"
        """The options that the pages give to `createExeunt`, in JavaScript."""
        self.script = ""
        """What the pages do after that."""
        self.pages_watch = True
        self.is_minified = False
        self.statuses: dict[str, int] = {}
        """What a path answers instead of what it would."""
        self.bodies: dict[str, str] = {}
        """What the answer to a path holds instead."""
        self.gates: dict[str, Gate] = {}
        """Where requests for a path wait before they do anything."""
        self.is_cut_off = False
        """Whether no request gets an answer."""
        self.offers_events = True
        self.heeds_cookie = True
        """Whether the first request with the cookie of an offline sign-out ends the session."""
        self.settles = True
        self.refreshes_last = True
        """Whether what was refreshed is accepted."""
        self.streams = 0
        """How many listen at this moment."""
        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(*tls)
            # Each connection's own thread shakes hands: a browser opens some that it does not use.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.signing_out = "__Host-signing-out" if tls else "signing-out"
        """The cookie in which the browser remembers a sign-out that it has not told of."""
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Listens no more."""
        for session in self.sessions.values():
            session.ended.set()
        for gate in self.gates.values():
            gate.open()
        self._server.shutdown()
        self._server.server_close()

    def gate(self, path: str) -> Gate:
        """From now on requests for this path wait."""
        self.gates[path] = Gate()
        return self.gates[path]

    def times(self, path: str, method: str | None = None) -> int:
        """How often a path was asked for."""
        return sum(one.path == path and method in (None, one.method) for one in self.asked)

    def open_session(self, subject: str) -> str:
        """A new session, whose id is its only credential."""
        session_id = token_urlsafe(12)
        self.sessions[session_id] = Session(subject)
        return session_id

    def end(self, session_id: str) -> None:
        """Ends a session as somebody else would."""
        self.sessions[session_id].ended.set()


class _Exchange:
    """One request and its answer."""

    def __init__(self, double: AdapterDouble, handler: BaseHTTPRequestHandler) -> None:
        self.double = double
        self.handler = handler
        cookies = SimpleCookie(handler.headers.get("Cookie", ""))
        self.cookies = {name: morsel.value for name, morsel in cookies.items()}
        self.path = urlsplit(handler.path).path
        self.body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0)).decode()
        self.set_cookies: list[str] = []

    @property
    def session_id(self) -> str:
        return self.cookies.get("access", "")

    @property
    def session(self) -> Session | None:
        """The session of the request's cookies while it lives."""
        session = self.double.sessions.get(self.session_id)
        return None if session is None or session.ended.is_set() else session

    def answer(self) -> None:
        double = self.double
        if double.is_cut_off:
            self.handler.close_connection = True
            return
        double.asked.append(Asked(self.handler.command, self.path, self.cookies, self.body))
        if gate := double.gates.get(self.path):
            gate.pass_through()
        if self.path in double.statuses:
            body = double.bodies.get(self.path, "")
            self._send(double.statuses[self.path], body, **{"Retry-After": "3", "Location": "/plain"})
            return
        if double.heeds_cookie and double.signing_out in self.cookies:
            self._end_first()
        if self.path.startswith("/sign-in/"):
            self._sign_in(self.path.removeprefix("/sign-in/"))
        elif route := _ROUTES.get(self.path):
            route(self)
        elif self.path.startswith("/static/"):
            self._send(200, (CLIENT / self.path.removeprefix("/static/")).read_text(), "text/javascript")
        else:
            self._send(404, "")

    def _send(self, status: int, body: str, kind: str = "text/html", **headers: str) -> None:
        payload = body.encode()
        handler = self.handler
        handler.send_response(status)
        handler.send_header("Content-Type", f"{kind}; charset=utf-8")
        handler.send_header("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
        for cookie in self.set_cookies:
            handler.send_header("Set-Cookie", cookie)
        for name, value in headers.items():
            handler.send_header(name, value)
        if status != 204:
            handler.send_header("Content-Length", str(len(payload)))
        handler.end_headers()
        handler.wfile.write(payload)

    def _send_json(self, value: Any) -> None:
        self._send(200, json.dumps(value), "application/json", **{"Cache-Control": "no-store"})

    def _end_first(self) -> None:
        name = self.double.signing_out
        scope, _, session_id = self.cookies[name].partition(".")
        if session_id == self.session_id:
            self._end(scope)
            self._forget_tokens()
        self.set_cookies.append(f"{name}=; Path=/; SameSite=Lax; Max-Age=0{'; Secure' if name[0] == '_' else ''}")

    def _end(self, scope: str) -> int:
        session = self.session
        if session is None:
            return 0
        wanted = [
            one
            for one in self.double.sessions.values()
            if one.subject == session.subject
            and not one.ended.is_set()
            and (scope == "everywhere" or (one is session) == (scope == "current"))
        ]
        for one in wanted:
            one.ended.set()
        return len(wanted)

    def _forget_tokens(self) -> None:
        self.set_cookies.append("access=; Path=/; HttpOnly; Max-Age=0")

    # Routes of an adapter

    def who(self) -> None:
        session = self.session
        signed_in = {"signed_in": True, "session_id": self.session_id, "subject": session and session.subject}
        self._send_json(signed_in if session else {"signed_in": False})

    def events(self) -> None:
        session, double = self.session, self.double
        if not double.offers_events:
            self._send(204, "")
        elif session is None:
            self._send(401, "")
        else:
            with double.lock:
                double.streams += 1
            try:
                self._stream(session)
            finally:
                with double.lock:
                    double.streams -= 1

    def _stream(self, session: Session) -> None:
        handler = self.handler
        handler.close_connection = True
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(b"retry: 1000\n\n")
        while not session.ended.wait(BEAT_SECONDS):
            handler.wfile.write(b":\n\n")
        # In two pieces, as a network may deliver them.
        handler.wfile.write(b"event: signed")
        handler.wfile.flush()
        handler.wfile.write(b"-out\ndata: {}\n\n")

    def refresh(self) -> None:
        session = self.session
        if session and self.double.refreshes_last:
            session.is_stale = False
        self._send(204 if session else 401, "")

    def logout(self) -> None:
        wanted = json.loads(self.body)
        if wanted["scope"] != "others":
            self._forget_tokens()
        receipt = {
            "ended_sessions": self._end(wanted["scope"]),
            "settled": self.double.settles,
            "settled_after_ms": 4,
            "return_to": wanted.get("return_to"),
        }
        self._send_json(receipt)

    # Pages

    def _sign_in(self, subject: str) -> None:
        session_id = self.double.open_session(subject)
        self.set_cookies.append(f"access={session_id}; Path=/; HttpOnly; SameSite=Lax")
        self._send(303, "", Location="/")

    def private_page(self) -> None:
        session = self.session
        if session is None:
            self._send(200, "<!doctype html><title>Notes</title><h1>Sign in</h1>")
            return
        self._send(
            200,
            f"""<!doctype html><title>Notes of {session.subject}</title>
            <meta name="exeunt-session" content="{self.session_id}">
            <script type="module" src="/page.js"></script>
            <h1>Private notes of {session.subject}</h1>{"<p>A long page." * 100}""",
        )

    def bare_page(self) -> None:
        """A page that does not say whose it is, as one of static files."""
        self._send(200, '<!doctype html><script type="module" src="/page.js"></script><h1>Bare</h1>')

    def plain_page(self) -> None:
        self._send(200, "<!doctype html><title>Plain</title><h1>Plain</h1>")

    def signed_out_page(self) -> None:
        self._send(200, "<!doctype html><title>Signed out</title><h1>You are signed out</h1>")

    def page_script(self) -> None:
        double = self.double
        name = "exeunt.min.js" if double.is_minified else "exeunt.js"
        script = f"""
        import * as client from "/static/{name}";
        Object.assign(window, client);
        window.exeunt = client.createExeunt({double.options});
        {"exeunt.watch();" if double.pages_watch else ""}
        {double.script}
        document.documentElement.dataset.ready = "";
        """
        self._send(200, script, "text/javascript")

    def worker(self) -> None:
        self._send(200, "addEventListener('fetch', () => {});", "text/javascript")

    def notes(self) -> None:
        session = self.session
        if session is None or session.is_stale:
            self._send(401, "", **{"WWW-Authenticate": 'Bearer realm="exeunt"'})
        else:
            self._send(200, f"Private notes of {session.subject} {self.body}", "text/plain")


_ROUTES: dict[str, Callable[[_Exchange], None]] = {
    "/": _Exchange.private_page,
    "/another": _Exchange.private_page,
    "/bare": _Exchange.bare_page,
    "/plain": _Exchange.plain_page,
    "/signed-out": _Exchange.signed_out_page,
    "/elsewhere": _Exchange.signed_out_page,
    "/page.js": _Exchange.page_script,
    "/worker.js": _Exchange.worker,
    "/notes": _Exchange.notes,
    "/exeunt/session": _Exchange.who,
    "/exeunt/events": _Exchange.events,
    "/exeunt/refresh": _Exchange.refresh,
    "/exeunt/logout": _Exchange.logout,
}
