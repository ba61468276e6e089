"""Sessions in a table, named by a cookie, with remember-me: what the applications for browsers have in common.

Each method is one decision, so that a fault can override the one that it gets wrong.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from urllib.parse import quote

from .accounts import accounts, same
from .specimen import Specimen
from .web import Cookie, Request, Response, html, redirect, route

TICK_SECONDS = 0.1
"""How often an open stream looks whether its session still lives."""

MONTH_SECONDS = 30 * 86_400


@dataclass
class Session:
    """A browser, signed in or not yet."""

    token: str
    user: str
    """Empty before sign-in."""
    device: str
    opened_at: float
    used_at: float
    remembered: str = ""
    """The remember-me token that was handed out with it or that brought it back."""
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    """Its name on the page of devices, which opens nothing."""
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))


class BrowserSessions(Specimen):
    """Cookie sessions, done right."""

    session_cookie = Cookie("__Host-session")
    remember_cookie = Cookie("__Host-remember", max_age_seconds=MONTH_SECONDS)
    cache_control = "no-store"
    idle_seconds = 1800.0
    absolute_seconds = 12 * 3600.0

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.clock = clock
        self.lock = RLock()
        self.accounts = accounts()
        self.sessions: dict[str, Session] = {}
        self.remembered: dict[str, str] = {}
        """Remember-me tokens, and whose they are."""

    # Sessions.

    def new_token(self) -> str:
        """A token that nobody can guess."""
        return secrets.token_urlsafe(32)

    def open(self, user: str, request: Request, remembered: str = "") -> Session:
        """A new session."""
        now = self.clock()
        with self.lock:
            session = Session(self.new_token(), user, request.header("user-agent")[:60], now, now, remembered)
            self.sessions[session.token] = session
        return session

    def is_alive(self, session: Session) -> bool:
        """Whether a session may be used: it has not been ended, was used lately and is not too old."""
        now = self.clock()
        return (
            session.token in self.sessions
            and now - session.used_at < self.idle_seconds
            and now - session.opened_at < self.absolute_seconds
        )

    def session_of(self, request: Request) -> Session | None:
        """The live session that a request names, signed in or not."""
        with self.lock:
            session = self.sessions.get(request.cookies.get(self.session_cookie.name, ""))
            if session is None or not self.is_alive(session):
                return None
            session.used_at = self.clock()
            return session

    def recognise(self, request: Request) -> tuple[Session | None, list[str]]:
        """The session of somebody who is signed in or remembered, and the cookies that come of that."""
        session = self.session_of(request)
        if session is not None and session.user:
            return session, []
        token = request.cookies.get(self.remember_cookie.name, "")
        with self.lock:
            user = self.remembered.get(token)
            if user is None:
                return None, []
            session = self.open(user, request, remembered=token)
        return session, self.cookies_for(session)

    def begin(self, before: Session | None, user: str, remember: bool, request: Request) -> tuple[Session, list[str]]:
        """The session of somebody whose password was right, in the place of the one before, and its cookies."""
        if before is not None:
            self.end(before)
        remembered = self.new_token() if remember else ""
        session = self.open(user, request, remembered)
        if not remembered:
            return session, self.cookies_for(session)
        self.remembered[remembered] = user
        return session, [*self.cookies_for(session), self.remember_cookie.set(remembered)]

    def cookies_for(self, session: Session) -> list[str]:
        """What lets a browser open a session."""
        return [self.session_cookie.set(session.token)]

    def end(self, session: Session) -> None:
        """Ends a session, and with it the remember-me token of its browser and all that this brought back."""
        with self.lock:
            self.sessions.pop(session.token, None)
            self.forget(session.remembered)

    def forget(self, remembered: str) -> None:
        """Ends a remember-me token and all that it brought back."""
        if not remembered:
            return
        with self.lock:
            self.remembered.pop(remembered, None)
            for session in list(self.sessions.values()):
                if session.remembered == remembered:
                    self.sessions.pop(session.token, None)

    def sessions_of(self, user: str) -> list[Session]:
        """Somebody's live sessions."""
        with self.lock:
            return [session for session in self.sessions.values() if session.user == user and self.is_alive(session)]

    def end_others(self, session: Session) -> None:
        """Ends all of somebody's sessions but this one."""
        with self.lock:
            for other in self.sessions_of(session.user):
                if other is not session:
                    self.end(other)
            for token, user in list(self.remembered.items()):
                if user == session.user and token != session.remembered:
                    self.forget(token)

    def end_everywhere(self, session: Session) -> None:
        """Ends all of somebody's sessions."""
        with self.lock:
            self.end_others(session)
            self.end(session)

    # Who is let in.

    def is_cross_site(self, request: Request) -> bool:
        """Whether the browser says that another site's page sent this."""
        fetch_site = request.header("sec-fetch-site")
        if fetch_site:
            return fetch_site not in ("same-origin", "none")
        origin = request.header("origin")
        return bool(origin) and origin != request.origin

    def is_forged(self, request: Request, session: Session) -> bool:
        """Whether a form was not filled in on one of our pages by this browser."""
        return self.is_cross_site(request) or not same(request.form.get("csrf", ""), session.csrf)

    def safe(self, destination: str, otherwise: str) -> str:
        """The destination if it is a page of ours."""
        return destination if re.fullmatch(r"/(?![/\\])[!-\[\]-~]*", destination) else otherwise

    def refuse(self, request: Request) -> Response:
        """The answer to somebody who is not signed in."""
        return redirect(f"/login?next={quote(request.path)}")

    def refuse_forgery(self) -> Response:
        """The answer to a form that is not ours."""
        return html("That did not come from our page", "<p>Please go back and try again.</p>", 403)

    def private(self, request: Request, page: Callable[[Session], Response]) -> Response:
        """A page for those who are signed in."""
        session, cookies = self.recognise(request)
        if session is None:
            return self.refuse(request)
        return page(session).with_header("Cache-Control", self.cache_control).with_cookies(*cookies)

    def act(self, request: Request, action: Callable[[Session], Response]) -> Response:
        """What a form of ours asks for."""
        session, _ = self.recognise(request)
        if session is None:
            return self.refuse(request)
        return self.refuse_forgery() if self.is_forged(request, session) else action(session)

    def sign_out(self, request: Request, session: Session | None) -> None:
        """Ends what a browser holds."""
        if session is not None:
            self.end(session)
        self.forget(request.cookies.get(self.remember_cookie.name, ""))

    def deletions(self, request: Request) -> list[str]:
        """What makes the browser forget its cookies."""
        return [self.session_cookie.delete(), self.remember_cookie.delete()]

    # Pages for everybody.

    @route("GET", "/")
    def front(self, request: Request) -> Response:
        """The front page."""
        return html("Welcome", '<p><a href="/login">Sign in</a></p>')

    @route("GET", "/signed-out")
    def signed_out(self, request: Request) -> Response:
        """Where sign-out leads."""
        return html("You are signed out", '<p><a href="/login">Sign in again</a></p>')
