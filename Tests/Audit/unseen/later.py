"""What was added after the first measure, because software that others wrote had shown a mistake of the audit."""

from __future__ import annotations

from flask import Flask, Response, abort, jsonify, make_response, redirect, request
from flask.typing import ResponseReturnValue

from .kit import (
    COOKIE,
    Tour,
    broken,
    button,
    by_forms,
    flask,
    foreign,
    known,
    members_only,
    new_id,
    right,
    sign_in_page,
)
from .pages import entrance, holder, sign_out_button, way_out


@right
def a_provider_and_its_api() -> tuple[Flask, Tour]:
    """A page that a cookie opens beside an API that a token opens, and a sign-out where the client gives its name."""
    app = flask("a_provider_and_its_api")
    sessions, tokens = dict[str, str](), dict[str, str]()
    client = "Basic Y2xpZW50OnNlY3JldA=="

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
        answer = redirect("/applications")
        answer.set_cookie("__Host-sid", sid, **COOKIE)
        return answer

    @app.post("/token")
    def token() -> ResponseReturnValue:
        sid = request.cookies.get("__Host-sid", "")
        if foreign() or sid not in sessions or request.headers.get("Authorization") != client:
            return jsonify(error="invalid_client"), 401
        access = new_id()
        tokens[access] = sid
        return jsonify(access_token=access)

    @app.post("/revoke")
    def revoke() -> ResponseReturnValue:
        if request.headers.get("Authorization") != client:
            return jsonify(error="invalid_client"), 401
        if foreign():
            abort(403)
        sessions.pop(tokens.pop(request.form.get("token", ""), ""), None)
        answer = make_response("")
        answer.delete_cookie("__Host-sid", **COOKIE)
        return answer

    @app.get("/api/me")
    def me() -> ResponseReturnValue:
        name = sessions.get(tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "), ""))
        return (jsonify(error="invalid_token"), 401) if name is None else jsonify(name=name)

    @app.get("/applications")
    def applications() -> ResponseReturnValue:
        name = sessions.get(request.cookies.get("__Host-sid", ""))
        return redirect("/login") if name is None else f"<h1>Applications of {name}</h1>{button('/new', 'New')}"

    identity = {"Authorization": client}
    return app, {
        "sign-in": [
            {"form": "/login", "fill": {"username": "{{user}}", "password": "{{password}}"}},
            {"post": "/token", "headers": identity, "pick": {"access": {"json": "/access_token"}}},
        ],
        "headers": {"Authorization": "Bearer {{access}}"},
        "access": {"value": "access"},
        "sign-out": [{"post": "/revoke", "fields": {"token": "{{access}}"}, "headers": identity}],
        "protected": ["/api/me", "/applications"],
    }


def registered_addresses(name: str, then: str) -> tuple[Flask, Tour]:
    """A website that refuses a page altogether when a `redirect_uri` is named that nobody has registered."""
    app, sessions = flask(name), dict[str, str]()
    entrance(app, sessions)

    @app.before_request
    def check() -> None:
        if "redirect_uri" in request.values:
            abort(400)

    @app.after_request
    def lead(answer: Response) -> Response:
        if request.path == "/login" and answer.status_code == 302 and then in request.values:
            answer.headers["Location"] = request.values[then]
        return answer

    way_out(app, sessions)

    members_only(app, holder(sessions), sign_out_button)
    return app, by_forms()


@right
def strict_about_where_to_return() -> tuple[Flask, Tour]:
    """An unknown `redirect_uri` is answered 400, page and form alike."""
    return registered_addresses("strict_about_where_to_return", "nothing else")


@broken("open-redirect-sign-in")
def strict_about_one_of_two() -> tuple[Flask, Tour]:
    """An unknown `redirect_uri` is answered 400, and `next`, which is older, leads anywhere."""
    return registered_addresses("strict_about_one_of_two", "next")
