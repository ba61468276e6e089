"""Websites and an API whose answers are at fault: where they lead, what they carry, how long they are kept."""

from __future__ import annotations

import itertools
import time
from typing import Any

import jwt
from flask import Response, abort, jsonify, make_response, redirect, request
from flask.typing import ResponseReturnValue

from .kit import COOKIE, broken, by_forms, flask, foreign, known, members_only, new_id, sign_in_page
from .pages import Made, entrance, farewell, holder, sign_out_button, way_out


@broken("open-redirect-sign-in")
def next_begins_with_a_slash() -> Made:
    """`next` is followed where it begins with a slash, and `//elsewhere` does."""
    app, sessions = flask("next_begins_with_a_slash"), dict[str, str]()

    @app.get("/login")
    def form() -> str:
        return sign_in_page()

    @app.post("/login")
    def sign_in() -> ResponseReturnValue:
        if (name := known()) is None:
            return sign_in_page(), 401
        sessions.pop(request.cookies.get("__Host-sid", ""), None)
        sid = new_id()
        sessions[sid] = name
        wanted = request.values.get("next", "")
        answer = make_response("", 302)
        answer.headers["Location"] = wanted if wanted.startswith("/") else "/account"
        answer.autocorrect_location_header = False
        answer.set_cookie("__Host-sid", sid, **COOKIE)
        return answer

    way_out(app, sessions)

    members_only(app, holder(sessions), sign_out_button)
    return app, by_forms()


@broken("open-redirect-sign-out")
def return_to_anywhere() -> Made:
    """The sign-out returns to wherever `returnTo` says, for the marketing pages on another domain."""
    app, sessions = flask("return_to_anywhere"), dict[str, str]()
    entrance(app, sessions)

    @app.post("/logout")
    def sign_out() -> ResponseReturnValue:
        if foreign():
            abort(403)
        sessions.pop(request.cookies.get("__Host-sid", ""), None)
        return farewell(request.args.get("returnTo") or "/login")

    members_only(app, holder(sessions), sign_out_button)
    return app, by_forms()


@broken("cache-control")
def no_cache() -> Made:
    """`no-cache` is taken for “do not keep”; it means “keep, and ask before showing”."""
    app, sessions = flask("no_cache"), dict[str, str]()
    app.after_request(lambda answer: (answer.headers.set("Cache-Control", "private, no-cache"), answer)[1])
    entrance(app, sessions)

    way_out(app, sessions)

    members_only(app, holder(sessions), sign_out_button)
    return app, by_forms()


@broken("sign-in-redirect")
def the_default_is_307() -> Made:
    """The framework's redirect is a 307 unless one says otherwise, so that the browser posts the password once more."""
    app, sessions = flask("the_default_is_307"), dict[str, str]()
    entrance(app, sessions)
    inner = app.view_functions["sign_in"]

    def sign_in() -> ResponseReturnValue:
        answer: Response = app.make_response(inner())  # type: ignore[arg-type]
        if answer.status_code == 302:
            answer.status_code = 307
        return answer

    app.view_functions["sign_in"] = sign_in
    app.add_url_rule("/account", "posted", lambda: redirect("/account", 303), methods=["POST"])

    way_out(app, sessions)

    members_only(app, holder(sessions), sign_out_button)
    return app, by_forms()


@broken("token-in-url")
def the_download_link() -> Made:
    """The link to the export carries the session, for download managers that send no cookies."""
    app, sessions = flask("the_download_link"), dict[str, str]()
    entrance(app, sessions)

    def who() -> str | None:
        return sessions.get(request.cookies.get("__Host-sid") or request.args.get("session", ""))

    way_out(app, sessions)

    def forms() -> str:
        return f'<a href="/export.csv?session={request.cookies.get("__Host-sid")}">Export</a>{sign_out_button()}'

    members_only(app, who, forms)
    return app, by_forms()


@broken("access-token-after-logout")
def two_workers() -> Made:
    """The list of tokens that were signed out is in the memory of one of two workers; the other knows nothing of it."""
    app, key = flask("two_workers"), new_id()
    workers: tuple[set[str], set[str]] = (set(), set())
    turns = itertools.count()

    def claims(ended: set[str]) -> dict[str, Any] | None:
        try:
            found = jwt.decode(request.headers.get("Authorization", "")[7:], key, algorithms=["HS256"])
        except jwt.InvalidTokenError:
            return None
        return None if found["jti"] in ended else found

    def pair(name: str) -> ResponseReturnValue:
        access = jwt.encode({"sub": name, "jti": new_id(), "exp": int(time.time()) + 600}, key)
        return jsonify(access_token=access)

    @app.post("/api/login")
    def sign_in() -> ResponseReturnValue:
        name = known()
        return (jsonify(error="no"), 401) if name is None else pair(name)

    @app.post("/api/logout")
    def sign_out() -> ResponseReturnValue:
        ended = workers[next(turns) % 2]
        if (found := claims(ended)) is not None:
            ended.add(found["jti"])
        return "", 204

    @app.get("/api/<what>")
    def data(what: str) -> ResponseReturnValue:
        found = claims(workers[next(turns) % 2])
        if found is None:
            return jsonify(error="unauthorized"), 401
        return (
            jsonify(of=found["sub"], what=what, list=[1, 2, 3]) if what in ("me", "orders", "letters") else abort(404)
        )

    return app, {
        "sign-in": [
            {
                "post": "/api/login",
                "json": {"username": "{{user}}", "password": "{{password}}"},
                "pick": {"access": {"json": "/access_token"}},
            }
        ],
        "headers": {"Authorization": "Bearer {{access}}"},
        "access": {"value": "access"},
        "sign-out": [{"post": "/api/logout"}],
        "protected": ["/api/me", "/api/orders", "/api/letters"],
    }
