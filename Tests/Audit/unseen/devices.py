"""Websites with more than one way to stay signed in, each with a fault that teams write."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from flask import Flask, Response, abort, redirect, request
from flask.typing import ResponseReturnValue

from ..zoo.accounts import ADA
from .kit import COOKIE, Tour, broken, button, by_forms, flask, foreign, members_only, new_id, sign_in_page

Made = tuple[Flask, Tour]


@dataclass
class Row:
    """A session in the table."""

    name: str
    agent: str
    number: str = field(default_factory=new_id)
    """What pages call it by."""


@dataclass
class Shop:
    """A website with a table of sessions and one of browsers that are remembered."""

    app: Flask
    rows: dict[str, Row] = field(default_factory=dict)
    remembered: dict[str, str] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=lambda: {ADA.name: ADA.password})

    @property
    def sid(self) -> str:
        """What the browser sends."""
        return request.cookies.get("__Host-id", "")

    def begin(self, name: str, answer: Response) -> None:
        """Signs a browser in."""
        self.rows.pop(self.sid, None)
        sid = new_id()
        self.rows[sid] = Row(name, request.headers.get("User-Agent", ""))
        answer.set_cookie("__Host-id", sid, **COOKIE)

    def who(self) -> str | None:
        """Who is signed in, by a session or by the cookie that remembers."""
        row = self.rows.get(self.sid)
        return row.name if row else self.remembered.get(request.cookies.get("__Host-remember", ""))

    def leave(self) -> Response:
        """The answer to a sign-out."""
        answer = redirect("/login")
        for name in ("__Host-id", "__Host-remember"):
            answer.delete_cookie(name, **COOKIE)
        assert isinstance(answer, Response)
        return answer


def shop(name: str, sign_out: bool = True) -> Shop:
    """Such a website, with its way in and, mostly, its way out."""
    app = flask(name)
    it = Shop(app)

    @app.before_request
    def check() -> None:
        if request.method == "POST" and foreign():
            abort(403)

    @app.get("/login")
    def form() -> str:
        return sign_in_page(more='<input type="checkbox" name="stay" value="1">')

    @app.post("/login")
    def enter() -> ResponseReturnValue:
        name, password = request.form.get("username", ""), request.form.get("password", "")
        if not name or it.passwords.get(name) != password:
            return sign_in_page(), 401
        answer = app.make_response(redirect("/account"))
        it.begin(name, answer)
        if "stay" in request.form:
            token = new_id()
            it.remembered[token] = name
            answer.set_cookie("__Host-remember", token, max_age=2_592_000, **COOKIE)
        return answer

    if sign_out:

        @app.post("/logout")
        def leave() -> ResponseReturnValue:
            it.rows.pop(it.sid, None)
            it.remembered.pop(request.cookies.get("__Host-remember", ""), None)
            return it.leave()

    return it


REMEMBER = {
    "cookie": "__Host-remember",
    "sign-in": [{"form": "/login", "fill": {"username": "{{user}}", "password": "{{password}}", "stay": "1"}}],
}


@broken("remember-me-alone")
def the_row_stays() -> Made:
    """The sign-out deletes the cookie that remembers and leaves its row in the table."""
    it = shop("the_row_stays", sign_out=False)

    @it.app.post("/logout")
    def leave() -> ResponseReturnValue:
        it.rows.pop(it.sid, None)
        return it.leave()

    members_only(it.app, it.who, lambda: button("/logout", "Sign out"))
    return it.app, by_forms(remember=REMEMBER)


@broken("everywhere")
def everywhere_but_the_remembered() -> Made:
    """“Sign out of all devices” ends all sessions, and browsers that are remembered come back by themselves."""
    it = shop("everywhere_but_the_remembered")

    @it.app.post("/logout-all")
    def leave_all() -> ResponseReturnValue:
        name = it.who()
        for sid in [sid for sid, row in it.rows.items() if row.name == name]:
            del it.rows[sid]
        return it.leave()

    members_only(it.app, it.who, lambda: button("/logout", "Sign out") + button("/logout-all", "Everywhere"))
    everywhere = [{"form": "/account", "action": "/logout-all"}]
    return it.app, by_forms(remember=REMEMBER, everywhere=everywhere)


@broken("others")
def others_by_their_browser() -> Made:
    """“All other devices” are those with another user agent, so that a second phone of the same make stays."""
    it = shop("others_by_their_browser")

    @it.app.post("/logout-others")
    def leave_others() -> ResponseReturnValue:
        mine = it.rows.get(it.sid)
        if mine is None:
            return redirect("/login")
        for sid in [sid for sid, row in it.rows.items() if row.name == mine.name and row.agent != mine.agent]:
            del it.rows[sid]
        return redirect("/account")

    members_only(it.app, it.who, lambda: button("/logout", "Sign out") + button("/logout-others", "Others"))
    return it.app, by_forms(others=[{"form": "/account", "action": "/logout-others"}])


@broken("end-device")
def the_list_of_devices() -> Made:
    """Ending a device takes it off the list that is shown; the session itself is in another table."""
    it = shop("the_list_of_devices")
    shown: dict[str, str] = {}

    def forms() -> str:
        own = it.rows[it.sid]
        shown.setdefault(own.number, own.name)
        listed = "".join(
            button("/devices/end", "End", f'<input type="hidden" name="device" value="{number}">') for number in shown
        )
        return f'<meta name="device" content="{own.number}">{listed}{button("/logout", "Sign out")}'

    @it.app.post("/devices/end")
    def end() -> ResponseReturnValue:
        if it.who() is not None:
            shown.pop(request.form.get("device", ""), None)
        return redirect("/account")

    members_only(it.app, it.who, forms)
    devices = {
        "identify": [{"get": "/account", "pick": {"device": {"meta": "device"}}}],
        "end": [{"post": "/devices/end", "fields": {"device": "{{device}}"}}],
    }
    return it.app, by_forms(devices=devices)


@broken("password-change")
def a_new_password() -> Made:
    """A new password is asked for at the next sign-in; who is in stays in."""
    it = shop("a_new_password")

    @it.app.get("/password")
    def form_for_a_password() -> str:
        return (
            '<form method="post" action="/password"><input name="old"><input name="new"><button>Change</button></form>'
        )

    @it.app.post("/password")
    def change() -> ResponseReturnValue:
        name = it.who()
        if name is None or it.passwords[name] != request.form.get("old"):
            abort(403)
        it.passwords[name] = request.form["new"]
        return redirect("/account")

    members_only(it.app, it.who, lambda: button("/logout", "Sign out"))
    change_of_password = {
        "new-password": "${AUDIT_NEW_PASSWORD}",
        "steps": [{"form": "/password", "fill": {"old": "{{password}}", "new": "{{new-password}}"}}],
    }
    return it.app, by_forms(**{"password-change": change_of_password})


@broken("event-stream-after-logout")
def the_stream_goes_on() -> Made:
    """Who may see the stream of events is asked when it is opened, and never again."""
    it = shop("the_stream_goes_on")

    @it.app.get("/events")
    def events() -> ResponseReturnValue:
        if it.who() is None:
            return "", 401

        def tell() -> Iterator[str]:
            for number in range(200):
                yield f"data: {number} orders\n\n"
                time.sleep(0.1)

        return Response(tell(), mimetype="text/event-stream")

    members_only(it.app, it.who, lambda: button("/logout", "Sign out"))
    return it.app, by_forms(streams=[{"sse": "/events"}])


@broken("sign-out-works")
def the_remembered_come_back() -> Made:
    """The sign-out ends the session and forgets the cookie that remembers, which signs in anew at the next page."""
    it = shop("the_remembered_come_back", sign_out=False)

    @it.app.post("/logout")
    def leave() -> ResponseReturnValue:
        it.rows.pop(it.sid, None)
        answer = redirect("/login")
        answer.delete_cookie("__Host-id", **COOKIE)
        return answer

    members_only(it.app, it.who, lambda: button("/logout", "Sign out"))
    return it.app, by_forms(**{"sign-in": REMEMBER["sign-in"]})
