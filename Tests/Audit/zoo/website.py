"""A website whose pages are made on the server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from html import escape
from typing import Any

from .accounts import ADA, same
from .browser_sessions import TICK_SECONDS, BrowserSessions, Session
from .sockets import Socket
from .web import Request, Response, html, redirect, route


class Website(BrowserSessions):
    """Server-rendered pages with forms that carry a token against forgery, done right."""

    def tour(self) -> dict[str, Any]:
        """All that an auditor can try here."""
        fill = {"username": "{{user}}", "password": "{{password}}"}
        this = {"device": {"regex": 'data-session="([0-9a-f]+)" class=this'}}
        change = {"current": "{{password}}", "new": "{{new-password}}"}
        return {
            "sign-in": [{"form": "/login", "fill": fill}],
            "sign-out": [{"form": "/home", "action": "/logout"}],
            "protected": [{"path": "/home", "shows": ADA.secret}, "/letters", "/letters.csv"],
            "remember": {
                "cookie": self.remember_cookie.name,
                "sign-in": [{"form": "/login", "fill": fill | {"remember": "yes"}}],
            },
            "everywhere": [{"form": "/home", "action": "/logout/everywhere"}],
            "others": [{"form": "/home", "action": "/logout/others"}],
            "devices": {
                "identify": [{"get": "/devices", "pick": this}],
                "end": [{"form": "/devices", "action": "/devices/{{device}}/end"}],
            },
            "password-change": {
                "new-password": "${AUDIT_NEW_PASSWORD}",
                "steps": [{"form": "/home", "action": "/password", "fill": change}],
            },
            "streams": [{"sse": "/events"}, {"websocket": "/socket"}],
        }

    def form(self, session: Session, action: str, label: str, fields: str = "") -> str:
        """A form of one button."""
        hidden = f'<input type=hidden name=csrf value="{session.csrf}">'
        return f'<form method=post action="{action}">{hidden}{fields}<button>{label}</button></form>'

    # Pages for everybody.

    @route("GET", "/login")
    def login_page(self, request: Request) -> Response:
        """The form to sign in with, in a session that does not know yet who it is."""
        session = self.session_of(request)
        cookies = []
        if session is None:
            session = self.open("", request)
            cookies = self.cookies_for(session)
        return self.login_form(session, request.query.get("next", "")).with_cookies(*cookies)

    def login_form(self, session: Session, destination: str, status: int = 200) -> Response:
        """The form to sign in with."""
        fields = (
            f'<input type=hidden name=next value="{escape(destination)}">'
            "<p><label>Name <input name=username autocomplete=username></label>"
            "<p><label>Password <input name=password type=password autocomplete=current-password></label>"
            "<p><label><input name=remember type=checkbox value=yes> Remember me</label>"
            + ("<p>Wrong name or password" if status == 401 else "")
        )
        page = html("Sign in", self.form(session, "/login", "Sign in", fields), status)
        return page.with_header("Cache-Control", "no-store")

    @route("POST", "/login")
    def sign_in(self, request: Request) -> Response:
        """Signs in, with a new session in the place of the one before."""
        before = self.session_of(request)
        if before is None or self.is_forged(request, before):
            return self.refuse_forgery()
        account = self.accounts.get(request.form.get("username", ""))
        if account is None or not same(account.password, request.form.get("password", "")):
            return self.login_form(before, request.form.get("next", ""), 401)
        session, cookies = self.begin(before, account.name, bool(request.form.get("remember")), request)
        return self.signed_in(session, request).with_cookies(*cookies)

    def signed_in(self, session: Session, request: Request) -> Response:
        """Where sign-in leads."""
        return redirect(self.safe(request.form.get("next", ""), "/home"))

    # Private pages.

    @route("GET", "/home")
    def home(self, request: Request) -> Response:
        """What somebody sees first."""
        return self.private(request, self.home_page)

    def home_page(self, session: Session) -> Response:
        """What somebody sees first, with all that can be done."""
        fields = "<input name=current type=password><input name=new type=password>"
        return html(
            f"Hello, {session.user}",
            f"<p id=secret>{self.accounts[session.user].secret}</p>"
            '<p><a href="/letters">Letters</a> <a href="/letters.csv">All</a> <a href="/devices">Devices</a></p>'
            + self.form(session, "/logout", "Sign out")
            + self.form(session, "/logout/others", "Sign out my other devices")
            + self.form(session, "/logout/everywhere", "Sign out everywhere")
            + self.form(session, "/password", "Change password", fields),
        )

    @route("GET", "/letters")
    def letters(self, request: Request) -> Response:
        """Another private page."""
        return self.private(request, lambda session: html("Letters", f"<p>Letters of {session.user}: none today.</p>"))

    @route("GET", "/letters.csv")
    def download(self, request: Request) -> Response:
        """A private file."""
        headers = [("Content-Type", "text/csv"), ("Content-Disposition", 'attachment; filename="letters.csv"')]
        return self.private(
            request, lambda session: Response(200, f"to,date\n{session.user},never\n".encode(), list(headers))
        )

    @route("GET", "/events")
    def events(self, request: Request) -> Response:
        """A stream of what happens, which ends with its session."""
        return self.private(
            request,
            lambda session: Response(
                headers=[("Content-Type", "text/event-stream")],
                stream=(f"data: {tick}\n\n".encode() for tick in self.ticks(session)),
            ),
        )

    @route("GET", "/socket")
    def socket(self, request: Request) -> Response:
        """The same over a WebSocket, for our own pages alone."""
        session, _ = self.recognise(request)
        if session is None or self.is_cross_site(request):
            return html("Not for you", "", 401 if session is None else 403)
        if request.header("upgrade").lower() != "websocket":
            return html("Upgrade required", "", 426).with_header("Upgrade", "websocket")
        return Response(101, socket=lambda socket: self.converse(socket, session))

    def ticks(self, session: Session) -> Iterator[str]:
        """What happens in a session as long as it lives."""
        count = 0
        while self.is_alive(session):
            yield f"{session.user} {(count := count + 1)}"
            time.sleep(TICK_SECONDS)

    def converse(self, socket: Socket, session: Session) -> None:
        """Says at a WebSocket what happens, until the session ends or the client goes."""
        for message in self.messages(session):
            socket.say(message)
            if socket.is_left():
                return

    def messages(self, session: Session) -> Iterator[str]:
        """What a WebSocket is told."""
        return self.ticks(session)

    @route("GET", "/devices")
    def devices(self, request: Request) -> Response:
        """Where somebody is signed in, and a button to end each."""
        return self.private(request, self.devices_page)

    def devices_page(self, session: Session) -> Response:
        """Where somebody is signed in, and a button to end each."""
        rows = [
            f'<li data-session="{other.id}" class={"this" if other is session else "other"}>{escape(other.device)}'
            + self.form(session, f"/devices/{other.id}/end", "End")
            for other in self.sessions_of(session.user)
        ]
        return html("Devices", f"<ul>{''.join(rows)}</ul>")

    # What changes something.

    @route("POST", "/devices/{session_id}/end")
    def end_device(self, request: Request, session_id: str) -> Response:
        """Ends one of one's own sessions."""

        def end(session: Session) -> Response:
            for other in self.sessions_of(session.user):
                if other.id == session_id:
                    self.end(other)
            return redirect("/devices")

        return self.act(request, end)

    @route("POST", "/logout")
    def logout(self, request: Request) -> Response:
        """Signs out; without a session there is nothing to end, and the cookies go all the same."""
        session = self.session_of(request)
        if self.is_forged(request, session) if session else self.is_cross_site(request):
            return self.refuse_forgery()
        self.sign_out(request, session)
        return self.after_logout(request).with_cookies(*self.deletions(request))

    def after_logout(self, request: Request) -> Response:
        """Where sign-out leads."""
        return redirect(self.safe(request.form.get("next", ""), "/signed-out"))

    @route("POST", "/logout/others")
    def logout_others(self, request: Request) -> Response:
        """Signs out all other devices."""

        def end(session: Session) -> Response:
            self.end_others(session)
            return redirect("/devices")

        return self.act(request, end)

    @route("POST", "/logout/everywhere")
    def logout_everywhere(self, request: Request) -> Response:
        """Signs out all devices."""

        def end(session: Session) -> Response:
            self.end_everywhere(session)
            return redirect("/signed-out").with_cookies(*self.deletions(request))

        return self.act(request, end)

    @route("POST", "/password")
    def change_password(self, request: Request) -> Response:
        """Changes the password, which ends all other sessions and gives this one a new token."""

        def change(session: Session) -> Response:
            account = self.accounts[session.user]
            if not request.form.get("new") or not same(account.password, request.form.get("current", "")):
                return html("That is not your password", "", 403)
            account.password = request.form["new"]
            return self.after_password(session, request)

        return self.act(request, change)

    def after_password(self, session: Session, request: Request) -> Response:
        """Ends all that the old password opened, and opens this browser a new session."""
        with self.lock:
            self.end_everywhere(session)
            session = self.open(session.user, request)
        return redirect("/home").with_cookies(*self.cookies_for(session), self.remember_cookie.delete())
