"""Applications on no framework at all: WSGI by hand, a database in memory, and the standard library's cookies."""

from __future__ import annotations

import html
import sqlite3
import threading
from collections.abc import Iterable
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from ..zoo.accounts import ADA
from .kit import Tour, broken, new_id, right

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

NAME = "__Secure-ticket"

TOUR: Tour = {
    "sign-in": [{"form": "/app/door", "fill": {"who": "{{user}}", "word": "{{password}}"}}],
    "sign-out": [{"form": "/app/desk", "action": "/app/leave"}],
    "protected": ["/app/desk", "/app/drawer", {"path": "/app/shelf", "shows": "of ada"}],
}

DOOR = """<!doctype html><title>Door</title><form action="/app/door" method="post">
<input name="who"><input type="password" name="word"><input type="submit" value="Enter"></form>"""


class Office:
    """An office under `/app`, whose rooms show their door to those outside; right as it is."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.table = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self.table.execute("create table tickets (id text primary key, owner text not null, seal text not null)")

    def rows(self, query: str, *values: str) -> list[Any]:
        """What a query gives."""
        with self.lock:
            return self.table.execute(query, values).fetchall()

    def set_cookie(self, value: str) -> str:
        """The cookie of a ticket."""
        return f"{NAME}={value}; Path=/app; Secure; HttpOnly; SameSite=Strict"

    def delete_cookie(self) -> str:
        """The same, gone."""
        return f"{NAME}=; Path=/app; Secure; HttpOnly; SameSite=Strict; Max-Age=0"

    def leave(self, ticket: str) -> list[tuple[str, str]]:
        """The sign-out: further headers of its answer."""
        self.rows("delete from tickets where id = ?", ticket)
        return [("Set-Cookie", self.delete_cookie())]

    def room(self, path: str, owner: str, seal: str) -> str:
        """A page."""
        hidden = f'<input type="hidden" name="seal" value="{seal}">'
        form = f'<form method="post" action="/app/leave">{hidden}<button>Leave</button></form>'
        return f"<!doctype html><title>{html.escape(path)}</title><p>The {html.escape(path)} of {owner}</p>{form}"

    def answer(
        self, method: str, path: str, ticket: str, form: dict[str, str]
    ) -> tuple[str, str, list[tuple[str, str]]]:
        """A status, a body and further headers."""
        found = self.rows("select owner, seal from tickets where id = ?", ticket)
        owner, seal = found[0] if found else ("", "")
        match method, path:
            case "GET", "desk" | "drawer" | "shelf":
                return "200 OK", self.room(path, owner, seal) if owner else DOOR, []
            case "GET", "door":
                return "200 OK", DOOR, []
            case "POST", "door":
                if (form.get("who"), form.get("word")) != (ADA.name, ADA.password):
                    return "403 Forbidden", DOOR, []
                self.rows("delete from tickets where id = ?", ticket)
                fresh = new_id()
                self.rows("insert into tickets values (?, ?, ?)", fresh, ADA.name, new_id())
                return "303 See Other", "", [("Location", "/app/desk"), ("Set-Cookie", self.set_cookie(fresh))]
            case "POST", "leave":
                if not owner:  # A stranger's form comes without the cookie, and must not delete it either.
                    return "303 See Other", "", [("Location", "/app/door")]
                if form.get("seal") != seal:
                    return "403 Forbidden", "", []
                return "303 See Other", "", [("Location", "/app/door"), *self.leave(ticket)]
        return "404 Not Found", "", []

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answers a request."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode("utf-8", "replace")
        try:
            cookies = SimpleCookie(environ.get("HTTP_COOKIE", ""))
        except Exception:
            cookies = SimpleCookie()
        ticket = cookies[NAME].value if NAME in cookies else ""
        form = {key: values[0] for key, values in parse_qs(body).items()}
        path = environ["PATH_INFO"].removeprefix("/app/")
        status, text, more = self.answer(environ["REQUEST_METHOD"], path, ticket, form)
        start(status, [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"), *more])
        return [text.encode()]


@right
def an_office_under_a_path() -> tuple[WSGIApplication, Tour]:
    """Rooms under a path, a cookie for that path alone, and the door shown with 200 in the place of a room."""
    return Office(), TOUR


@broken("cookie-deletion")
def the_path_is_forgotten() -> tuple[WSGIApplication, Tour]:
    """The cookie is set for `/app` and deleted for `/`, so that it stays in the browser."""

    class Elsewhere(Office):
        """Deletes another one."""

        def delete_cookie(self) -> str:
            """That of the root."""
            return f"{NAME}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"

    return Elsewhere(), TOUR


@broken("session-cookie-replay")
def left_at() -> tuple[WSGIApplication, Tour]:
    """The sign-out notes when one left, for the statistics, and nothing reads that column where tickets are checked."""

    class Statistics(Office):
        """Notes."""

        def leave(self, ticket: str) -> list[tuple[str, str]]:
            """The time of leaving."""
            self.rows("update tickets set seal = seal || '' where id = ?", ticket)
            return [("Set-Cookie", self.delete_cookie())]

    return Statistics(), TOUR
