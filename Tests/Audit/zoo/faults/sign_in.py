"""Sign-ins that hand out the wrong token, or lead to the wrong place."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from ..browser_sessions import Session
from ..web import Request, Response, html, redirect, route
from ..website import Website


class SessionIsKept(Website):
    """The session from before sign-in becomes the signed-in one, with the token that somebody may have planted.

    It holds the basket, and copying that was more work than keeping it.
    """

    found_by = ("session-fixation",)

    def begin(self, before: Session | None, user: str, remember: bool, request: Request) -> tuple[Session, list[str]]:
        """Writes the name into the session that there is."""
        if before is None or remember:
            return super().begin(before, user, remember, request)
        before.user = user
        return before, []


class AnyTokenIsAdopted(Website):
    """A token that the server has never made becomes a session, and stays one after sign-in.

    The session middleware makes a session for whatever the cookie says.
    """

    found_by = ("session-fixation",)

    def session_of(self, request: Request) -> Session | None:
        """The session that a request names, made if need be."""
        session, token = super().session_of(request), request.cookies.get(self.session_cookie.name, "")
        if session is None and token and request.path == "/login":
            session = self.open("", request)
            del self.sessions[session.token]
            session.token = token
            self.sessions[token] = session
        return session

    def begin(self, before: Session | None, user: str, remember: bool, request: Request) -> tuple[Session, list[str]]:
        """Writes the name into the session that there is."""
        if before is None or remember:
            return super().begin(before, user, remember, request)
        before.user = user
        return before, []


class SameTokenEachTime(Website):
    """Somebody's token is the same at each sign-in.

    It is derived from the name and a secret, so that no table is needed to check it.
    """

    found_by = ("tokens-differ",)

    def tour(self) -> dict[str, Any]:
        """Without all that needs two sessions to be told apart."""
        tour = super().tour()
        return {key: tour[key] for key in ("sign-in", "sign-out", "protected")}

    def begin(self, before: Session | None, user: str, remember: bool, request: Request) -> tuple[Session, list[str]]:
        """The same token as always."""
        if before is not None:
            self.end(before)
        session = self.open(user, request)
        del self.sessions[session.token]
        session.token = hashlib.sha256(f"a secret and {user}".encode()).hexdigest()
        self.sessions[session.token] = session
        return session, self.cookies_for(session)


class EarlierSessionGoesOn(Website):
    """Who signs in again gets a new session, and the one before goes on where nobody sees it.

    The cookie is overwritten, which looks like an end.
    """

    found_by = ("old-session-after-sign-in",)

    def begin(self, before: Session | None, user: str, remember: bool, request: Request) -> tuple[Session, list[str]]:
        """A new session besides the one before."""
        return super().begin(None, user, remember, request)


class PasswordIsPassedOn(Website):
    """Sign-in answers 307, and the browser posts the password to the next page as well.

    307 is the newer number.
    """

    found_by = ("sign-in-redirect",)

    def signed_in(self, session: Session, request: Request) -> Response:
        """Where sign-in leads, with all that was sent."""
        return redirect("/home", 307)

    @route("POST", "/home")
    def home(self, request: Request) -> Response:
        """What somebody sees first, whatever was sent."""
        return super().home(request)


class TokensCount(Website):
    """Tokens are numbers that count up.

    The row's number is unique, and that is what was asked for.
    """

    found_by = ("token-strength",)

    def tour(self) -> dict[str, Any]:
        """Without remember-me, whose tokens would count as well."""
        tour = super().tour()
        del tour["remember"]
        return tour

    def new_token(self) -> str:
        """The number of the session."""
        self.count = getattr(self, "count", 1_000_000) + 1
        return str(self.count)


class ShortTokens(Website):
    """Tokens are random, and of 32 bits.

    Eight characters looked like many.
    """

    found_by = ("token-strength",)

    def new_token(self) -> str:
        """Eight characters."""
        return secrets.token_hex(4)


class MiddlingTokens(Website):
    """Tokens have 80 random bits: enough for today, and fewer than asked for.

    Twenty characters of hex fit the column.
    """

    warned_by = ("token-strength",)

    def new_token(self) -> str:
        """Twenty characters."""
        return secrets.token_hex(10)


class CookieIsBelieved(Website):
    """Whoever has a cookie of the right name is let in, whatever it says.

    The guard asks whether there is one; what it says is looked up where it is needed, which is nowhere.
    """

    found_by = ("garbage-credential",)

    def tour(self) -> dict[str, Any]:
        """Without all that needs two sessions to be told apart."""
        tour = super().tour()
        return {key: tour[key] for key in ("sign-in", "sign-out", "protected")}

    def recognise(self, request: Request) -> tuple[Session | None, list[str]]:
        """Anybody, as the first who signed in."""
        if not request.cookies.get(self.session_cookie.name):
            return None, []
        signed_in = [session for session in self.sessions.values() if session.user]
        return (self.session_of(request) or (signed_in or [self.open("ada", request)])[0]), []


class GarbageBreaksPages(Website):
    """A cookie that is no token of ours breaks every page, and the answer is a stack trace.

    The pages that show them are switched on while one develops, and stay on.
    """

    found_by = ("error-detail",)
    warned_by = ("garbage-credential",)

    def recognise(self, request: Request) -> tuple[Session | None, list[str]]:
        """Who it is, by a cookie that had better be well formed."""
        token = request.cookies.get(self.session_cookie.name, "")
        if token and len(token) != 43:
            raise ValueError(f"cannot decode session {token!r}")
        return super().recognise(request)

    def broken(self, error: Exception) -> Response:
        """All that one wants to know while one develops."""
        return html("Traceback (most recent call last)", debug_page(error), 500)


class UnknownPagesTellTheRoutes(Website):
    """The page for unknown addresses shows where the program lies and what it runs.

    It is the framework's debug page, which nobody sees who types no wrong addresses.
    """

    found_by = ("error-detail",)

    def dispatch(self, request: Request) -> Response:
        """The answer, which is talkative about what there is not."""
        response = super().dispatch(request)
        if response.status != 404:
            return response
        return html("Page not found", debug_page(LookupError(request.path)), 404)


def debug_page(error: Exception) -> str:
    """What a development server shows."""
    return (
        "<h2>Traceback (most recent call last):</h2><pre>"
        '  File "/srv/letters/app/routes.py", line 114, in dispatch\n    return self.table[request.path](request)\n'
        f"{type(error).__name__}: {error}</pre><p>You see this because DEBUG = True."
    )
