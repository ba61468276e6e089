"""Websites with a cookie, each with a fault that teams write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, abort, make_response, redirect, request, session
from flask.typing import ResponseReturnValue

from .kit import COOKIE, Tour, broken, button, by_forms, flask, foreign, known, members_only, new_id, sign_in_page

if TYPE_CHECKING:
    from collections.abc import Callable

Made = tuple[Flask, Tour]


def entrance(
    app: Flask, sessions: dict[str, str], cookie: dict[str, Any] | None = None, then: str = "/account"
) -> None:
    """The sign-in that most here have: a new session, and the end of one that the browser already had."""

    @app.get("/login")
    def form() -> str:
        return sign_in_page()

    @app.post("/login")
    def sign_in() -> ResponseReturnValue:
        name = known()
        if name is None:
            return sign_in_page(), 401
        sessions.pop(request.cookies.get("__Host-sid", ""), None)
        sid = new_id()
        sessions[sid] = name
        answer = redirect(then)
        answer.set_cookie("__Host-sid", sid, **(cookie or COOKIE))
        return answer


def holder(sessions: dict[str, str]) -> Callable[[], str | None]:
    """Who the session in the cookie belongs to."""
    return lambda: sessions.get(request.cookies.get("__Host-sid", ""))


def sign_out_button() -> str:
    return button("/logout", "Sign out")


def farewell(to: str = "/login") -> ResponseReturnValue:
    """The answer to a sign-out, without the cookie."""
    answer = redirect(to)
    answer.delete_cookie("__Host-sid", **COOKIE)
    return answer


def way_out(app: Flask, sessions: dict[str, Any]) -> None:
    """The sign-out as it should be: of our own pages alone, and the end of the session and of its cookie."""

    @app.post("/logout")
    def sign_out() -> ResponseReturnValue:
        if foreign():
            abort(403)
        sessions.pop(request.cookies.get("__Host-sid", ""), None)
        return farewell()


@broken("session-cookie-replay")
def session_clear() -> Made:
    """Flask's own session is in the cookie, and `session.clear()` takes back nothing of what was handed out."""
    app = flask("session_clear")
    app.secret_key = new_id()
    app.config.update(SESSION_COOKIE_NAME="__Host-session", SESSION_COOKIE_SECURE=True, SESSION_COOKIE_SAMESITE="Lax")

    def token() -> str:
        return f'<input type="hidden" name="csrf_token" value="{session.setdefault("csrf", new_id())}">'

    @app.before_request
    def check() -> None:
        if request.method == "POST" and request.form.get("csrf_token") != session.get("csrf", new_id()):
            abort(400)

    @app.get("/login")
    def form() -> str:
        return sign_in_page(token())

    @app.post("/login")
    def sign_in() -> ResponseReturnValue:
        if (name := known()) is None:
            return sign_in_page(token()), 401
        session.clear()
        session["name"] = name
        return redirect("/account")

    @app.post("/logout")
    def sign_out() -> ResponseReturnValue:
        session.clear()
        return redirect("/login")

    members_only(app, lambda: session.get("name"), lambda: button("/logout", "Sign out", token()))
    return app, by_forms()


@broken("session-cookie-replay")
def another_prefix() -> Made:
    """Sessions are kept under `sess:ID` and deleted under `session:ID`, where there is nothing to delete."""
    app, redis = flask("another_prefix"), dict[str, str]()

    @app.get("/login")
    def form() -> str:
        return sign_in_page()

    @app.post("/login")
    def sign_in() -> ResponseReturnValue:
        if (name := known()) is None:
            return sign_in_page(), 401
        redis.pop(f"sess:{request.cookies.get('__Host-sid')}", None)
        sid = new_id()
        redis[f"sess:{sid}"] = name
        answer = redirect("/account")
        answer.set_cookie("__Host-sid", sid, **COOKIE)
        return answer

    @app.post("/logout")
    def sign_out() -> ResponseReturnValue:
        if foreign():
            abort(403)
        redis.pop(f"session:{request.cookies.get('__Host-sid')}", None)
        return farewell()

    members_only(app, lambda: redis.get(f"sess:{request.cookies.get('__Host-sid')}"), sign_out_button)
    return app, by_forms()


@broken("logout-by-get")
def logout_link() -> Made:
    """The way out is a link, as in the first chapter of every tutorial."""
    app, sessions = flask("logout_link"), dict[str, str]()
    entrance(app, sessions)

    @app.get("/logout")
    def sign_out() -> ResponseReturnValue:
        sessions.pop(request.cookies.get("__Host-sid", ""), None)
        return farewell()

    members_only(app, holder(sessions), lambda: '<a href="/logout">Sign out</a>')
    return app, by_forms(**{"sign-out": [{"get": "/logout"}]})


@broken("cross-site-post", warns=("cookie-samesite",))
def exempt_from_the_check() -> Made:
    """The sign-out was taken out of the forgery check when it failed after a deploy, and cookies are for all sites."""
    app, sessions = flask("exempt_from_the_check"), dict[str, str]()
    entrance(app, sessions, COOKIE | {"samesite": "None"})
    exempt = {"/login", "/logout"}

    @app.before_request
    def check() -> None:
        if request.method == "POST" and request.path not in exempt and foreign():
            abort(403)

    @app.post("/logout")
    def sign_out() -> ResponseReturnValue:
        sessions.pop(request.cookies.get("__Host-sid", ""), None)
        answer = redirect("/login")
        answer.delete_cookie("__Host-sid", **COOKIE | {"samesite": "None"})
        return answer

    members_only(app, holder(sessions), sign_out_button)
    return app, by_forms()


@broken("cross-site-post-null-origin", warns=("cookie-samesite",))
def the_app_on_the_phone() -> Made:
    """`null` is among the origins that are allowed, since that is what the app on the phone sends from a file."""
    app, sessions = flask("the_app_on_the_phone"), dict[str, str]()
    entrance(app, sessions, COOKIE | {"samesite": "None"})

    @app.post("/logout")
    def sign_out() -> ResponseReturnValue:
        if request.headers.get("Origin") not in (request.host_url.rstrip("/"), "null"):
            abort(403)
        sessions.pop(request.cookies.get("__Host-sid", ""), None)
        answer = redirect("/login")
        answer.delete_cookie("__Host-sid", **COOKIE | {"samesite": "None"})
        return answer

    members_only(app, holder(sessions), sign_out_button)
    return app, by_forms()


@broken("logout-by-head")
def head_is_not_get() -> Made:
    """What is not `GET` signs out, and the forgery check, which knows its methods, lets a HEAD pass."""
    app, sessions = flask("head_is_not_get"), dict[str, str]()
    entrance(app, sessions)

    @app.before_request
    def check() -> None:
        if request.method not in ("GET", "HEAD", "OPTIONS") and foreign():
            abort(403)

    @app.route("/logout", methods=["GET", "POST"])
    def sign_out() -> ResponseReturnValue:
        if request.method == "GET":
            return f"<!doctype html><p>Do you want to leave?</p>{sign_out_button()}"
        sessions.pop(request.cookies.get("__Host-sid", ""), None)
        return farewell()

    members_only(app, holder(sessions), lambda: '<a href="/logout">Sign out</a>')
    return app, by_forms(**{"sign-out": [{"form": "/logout", "action": "/logout"}]})


@broken("session-fixation")
def the_basket_is_kept() -> Made:
    """A visitor's session becomes that of the signed-in user under the same id, so that the basket is not lost."""
    app, sessions = flask("the_basket_is_kept"), dict[str, dict[str, str]]()

    @app.get("/login")
    def form() -> ResponseReturnValue:
        answer = make_response(sign_in_page())
        if request.cookies.get("__Host-sid") not in sessions:
            sid = new_id()
            sessions[sid] = {"basket": "kettle"}
            answer.set_cookie("__Host-sid", sid, **COOKIE)
        return answer

    @app.post("/login")
    def sign_in() -> ResponseReturnValue:
        visit = sessions.get(request.cookies.get("__Host-sid", ""))
        if (name := known()) is None or visit is None:
            return sign_in_page(), 401
        visit["name"] = name
        return redirect("/account")

    way_out(app, sessions)

    members_only(app, lambda: sessions.get(request.cookies.get("__Host-sid", ""), {}).get("name"), sign_out_button)
    return app, by_forms()


@broken("logout-twice", "logout-with-garbage")
def del_without_a_look() -> Made:
    """`del sessions[sid]` is a server error when the session has gone already, as in a second tab."""
    app, sessions = flask("del_without_a_look"), dict[str, str]()
    entrance(app, sessions)

    @app.post("/logout")
    def sign_out() -> ResponseReturnValue:
        if foreign():
            abort(403)
        if sid := request.cookies.get("__Host-sid"):
            del sessions[sid]
        return farewell()

    members_only(app, holder(sessions), sign_out_button)
    return app, by_forms()
