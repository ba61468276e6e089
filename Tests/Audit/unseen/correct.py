"""Applications that are right, each built in another way."""

from __future__ import annotations

import time

from flask import Flask, abort, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer

from .kit import COOKIE, Tour, button, by_forms, flask, foreign, known, members_only, new_id, right, sign_in_page
from .tokens import SignedDesk, api

Made = tuple[Flask, Tour]


@right
def a_cookie_that_is_signed_anew() -> Made:
    """A signed cookie that changes with every answer, and a list of the sessions that live."""
    app, living = flask("a_cookie_that_is_signed_anew"), dict[str, str]()
    seal = URLSafeTimedSerializer(new_id())
    name = "__Host-seal"

    def sid() -> str:
        try:
            return str(seal.loads(request.cookies.get(name, ""), max_age=3600)["sid"])
        except (BadSignature, KeyError, TypeError):
            return ""

    def sealed(sid: str) -> str:
        return str(seal.dumps({"sid": sid, "at": time.time_ns()}))

    @app.after_request
    def roll(answer):  # type: ignore[no-untyped-def]
        if sid() in living and "Set-Cookie" not in answer.headers:
            answer.set_cookie(name, sealed(sid()), **COOKIE)
        return answer

    @app.get("/login")
    def form() -> str:
        return sign_in_page()

    @app.post("/login")
    def sign_in() -> ResponseReturnValue:
        if (who := known()) is None:
            return sign_in_page(), 401
        living.pop(sid(), None)
        fresh = new_id()
        living[fresh] = who
        answer = redirect("/account")
        answer.set_cookie(name, sealed(fresh), **COOKIE)
        return answer

    @app.post("/logout")
    def sign_out() -> ResponseReturnValue:
        if foreign():
            abort(403)
        living.pop(sid(), None)
        answer = redirect("/login")
        answer.delete_cookie(name, **COOKIE)
        return answer

    members_only(app, lambda: living.get(sid()), lambda: button("/logout", "Sign out"))
    return app, by_forms()


@right
def signed_tokens_of_living_chains() -> Made:
    """Signed access and refresh tokens that name a chain, which is looked up at each request."""
    return api("signed_tokens_of_living_chains", SignedDesk())


@right
def a_header_of_its_own() -> Made:
    """An opaque token in `X-Auth-Token`, a refusal with 404, and a sign-out by DELETE."""
    app, tokens = flask("a_header_of_its_own"), dict[str, str]()

    @app.post("/session")
    def sign_in() -> ResponseReturnValue:
        if (who := known()) is None:
            return jsonify(message="no such user"), 422
        token = new_id()
        tokens[token] = who
        return jsonify(token=token), 201

    @app.delete("/session")
    def sign_out() -> ResponseReturnValue:
        tokens.pop(request.headers.get("X-Auth-Token", ""), None)
        return "", 204

    @app.get("/<any(me, cart, history):what>")
    def data(what: str) -> ResponseReturnValue:
        who = tokens.get(request.headers.get("X-Auth-Token", ""))
        return (jsonify(message="not found"), 404) if who is None else jsonify(who=who, what=what)

    return app, {
        "sign-in": [
            {
                "post": "/session",
                "json": {"username": "{{user}}", "password": "{{password}}"},
                "pick": {"access": {"json": "/token"}},
            }
        ],
        "headers": {"X-Auth-Token": "{{access}}"},
        "access": {"value": "access"},
        "sign-out": [{"delete": "/session"}],
        "protected": ["/me", "/cart", "/history"],
    }
