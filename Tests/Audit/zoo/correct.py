"""Applications with nothing wrong, some of which make unusual choices."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from .api import Api, Grant
from .browser_sessions import BrowserSessions, Session
from .hybrid import Hybrid
from .sockets import Socket
from .web import Cookie, Request, Response, as_json, html, redirect, route
from .website import Website


class TwoCookies(Website):
    """A session that opens only together with the cookie of the browser that it was made for."""

    browser_cookie = Cookie("__Host-browser")

    def __init__(self) -> None:
        super().__init__()
        self.browsers: dict[str, str] = {}
        """Of each session's token, the value of the second cookie."""

    def tour(self) -> dict[str, Any]:
        """Without remember-me, whose whole point is to be alone."""
        tour = super().tour()
        del tour["remember"]
        return tour

    def open(self, user: str, request: Request, remembered: str = "") -> Session:
        """A new session, bound to a browser."""
        session = super().open(user, request, remembered)
        self.browsers[session.token] = self.new_token()
        return session

    def session_of(self, request: Request) -> Session | None:
        """The live session that both cookies name."""
        session = super().session_of(request)
        bound = session is not None and self.browsers[session.token] == request.cookies.get(self.browser_cookie.name)
        return session if bound else None

    def cookies_for(self, session: Session) -> list[str]:
        """Both cookies."""
        return [*super().cookies_for(session), self.browser_cookie.set(self.browsers[session.token])]

    def deletions(self, request: Request) -> list[str]:
        """Deletes that of the browser as well."""
        return [*super().deletions(request), self.browser_cookie.delete()]


class Telephone(Website):
    """A WebSocket that is silent until it is asked, and closed when its session ends."""

    def tour(self) -> dict[str, Any]:
        """With what makes it speak."""
        return super().tour() | {"streams": [{"websocket": "/socket", "send": "who am I?"}]}

    def converse(self, socket: Socket, session: Session) -> None:
        """Answers."""
        socket.converse(lambda _: f"you are {session.user}", lambda: self.is_alive(session))


class _OriginChecked(BrowserSessions):
    session_cookie = Cookie("__Host-session", same_site="None")
    remember_cookie = replace(BrowserSessions.remember_cookie, same_site="None")

    def is_forged(self, request: Request, session: Session) -> bool:
        """Whether a form does not say that it comes from one of our pages."""
        return request.header("origin") != request.origin or self.is_cross_site(request)


class Embedded(_OriginChecked, Website):
    """A website made for frames of other sites: `SameSite=None`, and Origin must be its own."""


class EmbeddedHybrid(_OriginChecked, Hybrid):
    """The same with JSON behind scripts."""


class Unusual(Website):
    """Cookie names that change, 404 for those who may not see, and sign-out that leads to a friendly site."""

    prefix = "__Host-s-"
    friend = "https://goodbye.example/"

    def tour(self) -> dict[str, Any]:
        """What is private, and that it seems not to be there for others."""
        tour = super().tour()
        del tour["remember"]
        return tour | {"refused": {"status": 404}}

    def cookies_for(self, session: Session) -> list[str]:
        """A cookie of a name that was never used before."""
        return [Cookie(f"{self.prefix}{session.id[:6]}").set(session.token)]

    def names_in(self, request: Request) -> list[str]:
        """The names of all session cookies that a request brings."""
        return [name for name in request.cookies if name.startswith(self.prefix)]

    def session_of(self, request: Request) -> Session | None:
        """The live session that any cookie names."""
        for name in self.names_in(request):
            session = self.sessions.get(request.cookies[name])
            if session is not None and self.is_alive(session) and name == f"{self.prefix}{session.id[:6]}":
                session.used_at = self.clock()
                return session
        return None

    def begin(self, before: Session | None, user: str, remember: bool, request: Request) -> tuple[Session, list[str]]:
        """Deletes the cookies of before."""
        session, cookies = super().begin(before, user, remember, request)
        return session, [*(Cookie(name).delete() for name in self.names_in(request)), *cookies]

    def deletions(self, request: Request) -> list[str]:
        """Deletes whatever session cookie there is."""
        return [self.remember_cookie.delete(), *(Cookie(name).delete() for name in self.names_in(request))]

    def refuse(self, request: Request) -> Response:
        """Says that there is nothing."""
        return html("Not found", "", 404)

    @route("GET", "/logout")
    def ask(self, request: Request) -> Response:
        """Asks whether one is sure."""
        return self.private(request, lambda session: html("Sign out?", self.form(session, "/logout", "Yes")))

    def after_logout(self, request: Request) -> Response:
        """Leads to the friendly site, or to a page of either."""
        destination = request.form.get("next", "")
        return redirect(destination if destination == self.friend else self.safe(destination, self.friend))


class ShortLived(Website):
    """Sessions that end after two idle seconds, and after four in any case."""

    idle_seconds = 2.0
    absolute_seconds = 4.0
    only = ("idle-timeout", "absolute-timeout")

    def tour(self) -> dict[str, Any]:
        """What is promised."""
        return super().tour() | {"timeouts": {"idle": "2s", "absolute": "4s"}}


class RefreshByCookie(Api):
    """An API whose access token is in the page's memory and whose refresh token is in a cookie that no script sees."""

    refresh_cookie = Cookie("__Host-refresh", same_site="Strict")

    def tour(self) -> dict[str, Any]:
        """The same, with the refresh token in a cookie."""
        pick = {"access": {"json": "/access_token"}}
        credentials = {"username": "{{user}}", "password": "{{password}}"}
        return super().tour() | {
            "sign-in": [{"post": "/api/login", "json": credentials, "pick": pick}],
            "refresh": {
                "token": {"cookie": self.refresh_cookie.name},
                "steps": [{"post": "/api/refresh", "json": {}, "pick": pick}],
            },
            "sign-out": [{"post": "/api/logout", "json": {}}],
        }

    def handed_out(self, grant: Grant) -> Response:
        """The access token in the answer, the refresh token in a cookie."""
        answer = super().handed_out(grant)
        tokens = {
            name: value for name, value in json.loads(answer.body).items() if name not in ("refresh_token", "id_token")
        }
        return as_json(tokens).with_cookies(self.refresh_cookie.set(grant.refresh))

    def is_cross_site(self, request: Request) -> bool:
        """Whether a page of another site sent this."""
        return request.header("sec-fetch-site") not in ("", "same-origin") or (
            request.header("origin") not in ("", request.origin)
        )

    def refresh_token_in(self, request: Request) -> str:
        """The refresh token that a page of ours brings in JSON's company."""
        if self.is_cross_site(request) or request.media_type != "application/json":
            return ""
        return request.cookies.get(self.refresh_cookie.name, "")

    @route("POST", "/api/logout")
    def logout(self, request: Request) -> Response:
        """Signs out, and deletes the cookie."""
        return super().logout(request).with_cookies(self.refresh_cookie.delete())


CORRECT = (
    Website,
    Api,
    Hybrid,
    TwoCookies,
    Telephone,
    Embedded,
    EmbeddedHybrid,
    Unusual,
    ShortLived,
    RefreshByCookie,
)
"""The applications that must come out clean."""
