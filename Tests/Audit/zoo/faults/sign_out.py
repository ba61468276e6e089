"""Sign-outs that leave something open."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator

from ..browser_sessions import TICK_SECONDS, Session
from ..correct import Telephone, TwoCookies
from ..sockets import Socket
from ..web import Request, Response, redirect, route
from ..website import Website


class OnlyTheCookieGoes(Website):
    """Sign-out deletes the cookie and leaves the session in the table.

    The browser looks signed out, and that is all that most people try.
    """

    found_by = ("session-cookie-replay",)

    def sign_out(self, request: Request, session: Session | None) -> None:
        """Ends the remember-me token alone."""
        self.forget(request.cookies.get(self.remember_cookie.name, ""))


class OnlyBothCookiesGo(TwoCookies):
    """The session is bound to a second cookie; sign-out deletes both, and together they still open it.

    Each is worthless without the other, which seems to be enough.
    """

    found_by = ("credentials-together-replay",)

    def sign_out(self, request: Request, session: Session | None) -> None:
        """Ends the remember-me token alone."""
        self.forget(request.cookies.get(self.remember_cookie.name, ""))


class SignOutOnlyLeadsAway(Website):
    """The button leads to the page that says goodbye, and nothing ends.

    It was a link in the first draft, and the page after it says what everybody wants to read.
    """

    found_by = ("sign-out-works",)

    def sign_out(self, request: Request, session: Session | None) -> None:
        """Ends nothing."""

    def deletions(self, request: Request) -> list[str]:
        """Deletes nothing."""
        return []


class RememberMeLivesOn(Website):
    """Sign-out ends the session and leaves the remember-me token in its table.

    Remember-me came later, from a package of its own, and sign-out does not know of it.
    """

    found_by = ("remember-me-alone",)

    def sign_out(self, request: Request, session: Session | None) -> None:
        """Ends the session alone."""
        if session is not None:
            self.sessions.pop(session.token, None)


class EventStreamGoesOn(Website):
    """A stream of events is authorised when it opens and never again.

    The check is in a middleware, which runs once for each request.
    """

    found_by = ("event-stream-after-logout",)

    def ticks(self, session: Session) -> Iterator[str]:
        """What happens, to whom it may concern."""
        for count in range(600):
            yield f"{session.user} {count}"
            time.sleep(TICK_SECONDS)

    def messages(self, session: Session) -> Iterator[str]:
        """What a WebSocket is told, as long as its session lives."""
        return super().ticks(session)


class SocketGoesOn(Website):
    """A WebSocket is authorised when it opens and never again.

    The check is in the handshake, and the session's end does not know of the sockets that it opened.
    """

    found_by = ("websocket-after-logout",)

    def messages(self, session: Session) -> Iterator[str]:
        """What happens, to whom it may concern."""
        for count in range(600):
            yield f"{session.user} {count}"
            time.sleep(TICK_SECONDS)


class SocketGoesOnAnswering(Telephone):
    """A WebSocket that says nothing by itself answers after sign-out as it did before.

    Nobody notices it, since nobody asks.
    """

    found_by = ("websocket-after-logout",)

    def converse(self, socket: Socket, session: Session) -> None:
        """Answers whoever once came in."""
        socket.converse(lambda _: f"you are {session.user}", lambda: True)


class SessionIsSavedAgain(Website):
    """Each request writes its session back at its end, so that one under way at sign-out brings the session back.

    Session middleware that saves after each request does it unless its store refuses to write what was deleted.
    """

    found_by = ("request-race",)

    def private(self, request: Request, page: Callable[[Session], Response]) -> Response:
        """A page that takes its time."""
        response = super().private(request, page)
        token = request.cookies.get(self.session_cookie.name, "")
        session = self.sessions.get(token)
        if session is not None and session.user and response.stream is None:
            time.sleep(0.05)
            self.sessions[token] = session
        return response


class SignOutNeedsASession(Website):
    """Without a session, sign-out fails with a server error.

    It reads the session's user for the log, and who would sign out without being signed in?
    """

    found_by = ("logout-twice", "logout-with-garbage", "logout-without-session")

    def sign_out(self, request: Request, session: Session | None) -> None:
        """Ends the session that there is bound to be."""
        if session is None:
            raise LookupError("no session")
        super().sign_out(request, session)


class SignOutNeedsACookie(Website):
    """Without any cookie, sign-out fails with a server error.

    It takes the cookie from the request before it asks whether there is one.
    """

    found_by = ("logout-without-session",)

    def sign_out(self, request: Request, session: Session | None) -> None:
        """Ends the session of the cookie that there is bound to be."""
        if not request.cookies[self.session_cookie.name]:
            return
        super().sign_out(request, session)


class SignOutAsksToSignIn(Website):
    """Without a session, sign-out answers 401.

    It is behind the same guard as all other routes. The cookies stay in the browser.
    """

    warned_by = ("logout-twice", "logout-without-session")

    @route("POST", "/logout")
    def logout(self, request: Request) -> Response:
        """Signs out those who are signed in."""
        session = self.session_of(request)
        return super().logout(request) if session is not None and session.user else Response(401, b"Sign in first\n")


class GarbageBreaksSignOut(Website):
    """Sign-out decodes the cookie before it looks it up, and fails when that is no base64.

    Nobody but an attacker sends such a cookie, or a browser whose cookie an older release has set.
    """

    found_by = ("logout-with-garbage",)

    def sign_out(self, request: Request, session: Session | None) -> None:
        """Ends the session of a cookie that is well formed."""
        token = request.cookies.get(self.session_cookie.name, "")
        if token and len(base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)) != 32:
            raise ValueError("no token of ours")
        super().sign_out(request, session)


class EverywhereEndsThisOne(Website):
    """“Sign out everywhere” ends the session that asks, and no other.

    The table of sessions has no column for the user.
    """

    found_by = ("everywhere",)

    def end_everywhere(self, session: Session) -> None:
        """Ends this session."""
        self.end(session)

    def after_password(self, session: Session, request: Request) -> Response:
        """Ends all other sessions."""
        self.end_others(session)
        return redirect("/home")


class EverywhereForgetsRememberMe(Website):
    """“Sign out everywhere” ends all sessions and leaves the remember-me tokens of other devices.

    They are in another table.
    """

    found_by = ("everywhere",)

    def end_everywhere(self, session: Session) -> None:
        """Ends all of somebody's sessions."""
        for other in self.sessions_of(session.user):
            self.sessions.pop(other.token, None)
        self.forget(session.remembered)

    def after_password(self, session: Session, request: Request) -> Response:
        """Ends all other sessions and remember-me tokens."""
        self.end_others(session)
        return redirect("/home")


class OthersEndsNothing(Website):
    """“Sign out my other devices” answers well and ends nothing.

    It deletes the sessions whose user is this session's id: a condition that matches no row is no error.
    """

    found_by = ("others",)

    @route("POST", "/logout/others")
    def logout_others(self, request: Request) -> Response:
        """Says that it has signed out all other devices."""
        return self.act(request, lambda _: redirect("/devices"))


class OthersEndsThisOneToo(Website):
    """“Sign out my other devices” ends the session that asks as well.

    It is the same query as for everywhere.
    """

    warned_by = ("others",)

    @route("POST", "/logout/others")
    def logout_others(self, request: Request) -> Response:
        """Signs out all devices."""
        return self.logout_everywhere(request)


class EndButtonDoesNothing(Website):
    """The button that ends a device takes it off the list, and its session goes on.

    The list is a table of its own, for people to read.
    """

    found_by = ("end-device",)

    @route("POST", "/devices/{session_id}/end")
    def end_device(self, request: Request, session_id: str) -> Response:
        """Says that it has ended one of one's own sessions."""
        return self.act(request, lambda _: redirect("/devices"))


class PasswordChangeEndsNothing(Website):
    """After a change of the password, sessions that the old one opened go on.

    Changing a password is an update of the table of users, far from the sessions.
    """

    found_by = ("password-change",)

    def after_password(self, session: Session, request: Request) -> Response:
        """Ends nothing."""
        return redirect("/home")
