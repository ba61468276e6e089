"""A help desk's API: short-lived JSON Web Tokens, and renewal keys that change at each use."""

from __future__ import annotations

import time
import uuid
from threading import Lock, Timer
from typing import Any

import jwt
from flask import Flask, request
from flask.typing import ResponseReturnValue
from flask.views import MethodView

from ..zoo.accounts import ADA, accounts

TOUR: dict[str, Any] = {
    "sign-in": [
        {
            "post": "/v2/token",
            "json": {"login": "{{user}}", "secret": "{{password}}"},
            "pick": {"jwt": {"json": "/data/jwt"}, "key": {"json": "/data/renewal"}},
        }
    ],
    "headers": {"X-Token": "{{jwt}}"},
    "access": {"value": "jwt"},
    "refresh": {
        "token": {"value": "key"},
        "steps": [
            {
                "put": "/v2/token",
                "json": {"renewal": "{{key}}"},
                "pick": {"jwt": {"json": "/data/jwt"}, "key": {"json": "/data/renewal"}},
            }
        ],
    },
    "sign-out": [{"delete": "/v2/token"}],
    "protected": [{"path": "/v2/whoami", "shows": ADA.secret}, "/v2/tickets"],
    "everywhere": [{"delete": "/v2/tokens"}],
}


class Desk:
    """The right help desk. Its methods are what the faulty ones do otherwise."""

    lifetime_seconds = 300

    def __init__(self) -> None:
        self.key = uuid.uuid4().hex + uuid.uuid4().hex
        self.customers = accounts()
        self.revoked: set[str] = set()
        self.versions = dict.fromkeys(self.customers, 1)
        self.renewals: dict[str, tuple[str, str, int, bool]] = {}
        """Of each renewal key: whose, of which log-in, of which version of the account, and whether it was used."""
        self.lock = Lock()

    def issue(self, login: str, family: str) -> ResponseReturnValue:
        """A token and a renewal key."""
        now, version = int(time.time()), self.versions[login]
        claims = {"sub": login, "fam": family, "ver": version, "iat": now, "exp": now + self.lifetime_seconds}
        renewal = uuid.uuid4().hex + uuid.uuid4().hex
        self.renewals[renewal] = (login, family, version, False)
        token = jwt.encode({**claims, "jti": uuid.uuid4().hex}, self.key, "HS256")
        return {"data": {"jwt": token, "renewal": renewal}}

    def parse(self, token: str) -> dict[str, Any] | None:
        """What a token says, or nothing when it is not ours."""
        try:
            claims: dict[str, Any] = jwt.decode(token, self.key, ["HS256"])
        except jwt.PyJWTError:
            return None
        return claims

    def is_revoked(self, claims: dict[str, Any]) -> bool:
        """Whether a token of ours is no longer good."""
        return claims["fam"] in self.revoked or claims["ver"] != self.versions[claims["sub"]]

    def caller(self) -> dict[str, Any] | None:
        """What the token of this request says, if it is good."""
        claims = self.parse(request.headers.get("X-Token", ""))
        return None if claims is None or self.is_revoked(claims) else claims

    def renew(self, key: str) -> ResponseReturnValue:
        """New tokens for a renewal key that is good, and the end of its log-in when it was used before."""
        with self.lock:
            login, family, version, used = self.renewals.get(key, ("", "", 0, False))
            if not login or family in self.revoked or version != self.versions[login]:
                return refusal("This key does not renew anything")
            if used:
                return self.caught(family)
            self.renewals[key] = (login, family, version, True)
            return self.issue(login, family)

    def caught(self, family: str) -> ResponseReturnValue:
        """What becomes of a log-in whose renewal key came twice."""
        self.revoked.add(family)
        return refusal("This key was used before")

    def log_out(self, claims: dict[str, Any] | None) -> ResponseReturnValue:
        """Ends one log-in."""
        if claims is not None:
            with self.lock:
                self.revoked.add(claims["fam"])
        return {"data": None}

    def log_out_everywhere(self, claims: dict[str, Any]) -> None:
        """Ends all log-ins of a customer."""
        self.versions[claims["sub"]] += 1


class KeysOnly(Desk):
    """A log-out that knows renewal keys alone."""

    def is_revoked(self, claims: dict[str, Any]) -> bool:
        """Only a new version of the account counts."""
        return bool(claims["ver"] != self.versions[claims["sub"]])


class TokensOnly(Desk):
    """A log-out that knows tokens alone: renewal keys are in a table under another name."""

    def renew(self, key: str) -> ResponseReturnValue:
        """Renews what was logged out as well, as a new log-in."""
        with self.lock:
            login, family, version, used = self.renewals.get(key, ("", "", 0, False))
            if not login or version != self.versions[login]:
                return refusal("This key does not renew anything")
            if used:
                for other, (owner, same, valid, _) in list(self.renewals.items()):
                    if same == family:
                        self.renewals[other] = (owner, same, valid, True)
                return self.caught(family)
            self.renewals[key] = (login, family, version, True)
            return self.issue(login, uuid.uuid4().hex if family in self.revoked else family)


class ForgetfulList(Desk):
    """The list of revoked tokens forgets each after its lifetime in seconds, taken for milliseconds."""

    def log_out(self, claims: dict[str, Any] | None) -> ResponseReturnValue:
        """Ends one log-in, for a little while."""
        answer = super().log_out(claims)
        if claims is not None:
            for key, (_, family, _, _) in list(self.renewals.items()):
                if family == claims["fam"]:
                    del self.renewals[key]
            timer = Timer(self.lifetime_seconds / 1000, lambda: self.revoked.discard(claims["fam"]))
            timer.daemon = True
            timer.start()
        return answer


class EternalGrace(Desk):
    """A renewal key may come again, in case an answer was lost, without any bound."""

    def caught(self, family: str) -> ResponseReturnValue:
        """Hands out another pair."""
        owner = next(login for login, same, _, _ in self.renewals.values() if same == family)
        return self.issue(owner, family)


class Shrugging(Desk):
    """A renewal key that comes again is refused, and that is all."""

    def caught(self, family: str) -> ResponseReturnValue:
        """Refuses."""
        return refusal("This key was used before")


class CapitalNone(Desk):
    """`none` is forbidden, as it is written in the specification."""

    def parse(self, token: str) -> dict[str, Any] | None:
        """What a token says that is signed, or says `None`."""
        try:
            algorithm = str(jwt.get_unverified_header(token)["alg"])
            if algorithm != "none" and algorithm.lower() == "none":
                return dict(jwt.decode(token, options={"verify_signature": False, "verify_exp": True}))
        except (jwt.PyJWTError, KeyError):
            return None
        return super().parse(token)


class VersionForTokensOnly(Desk):
    """“Everywhere” makes a new version of the account, and renewal does not ask for the version."""

    def renew(self, key: str) -> ResponseReturnValue:
        """Renews whatever the version."""
        with self.lock:
            if key in self.renewals:
                login, family, _, used = self.renewals[key]
                self.renewals[key] = (login, family, self.versions[login], used)
        return super().renew(key)


class Stumbling(Desk):
    """Logging out twice is a mistake of the server's."""

    def log_out(self, claims: dict[str, Any] | None) -> ResponseReturnValue:
        """Ends one log-in that has not ended."""
        if claims is None or claims["fam"] in self.revoked:
            return {"error": {"title": "We could not do that"}}, 503
        return super().log_out(claims)


class SlowRenewal(Desk):
    """A renewal looks whether its log-in has ended, and takes its time before it writes."""

    def renew(self, key: str) -> ResponseReturnValue:
        """Renews what was alive a moment ago."""
        login, family, version, used = self.renewals.get(key, ("", "", 0, False))
        if not login or used or family in self.revoked or version != self.versions[login]:
            return super().renew(key)
        time.sleep(0.1)
        with self.lock:
            self.renewals[key] = (login, family, self.versions[login], True)
            return self.issue(login, uuid.uuid4().hex if family in self.revoked else family)


def refusal(title: str) -> ResponseReturnValue:
    """What a caller is told who may not."""
    return {"error": {"title": title}}, 403


def desk(rules: type[Desk]) -> Flask:
    """The API with these rules."""
    app, it = Flask(__name__), rules()

    @app.after_request
    def private(answer: Any) -> Any:
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def body() -> dict[str, Any]:
        given = request.get_json(silent=True)
        return given if isinstance(given, dict) else {}

    class Token(MethodView):
        def post(self) -> ResponseReturnValue:
            customer = it.customers.get(str(body().get("login")))
            if customer is None or customer.password != body().get("secret"):
                return {"error": {"title": "No such customer"}}, 422
            return it.issue(customer.name, uuid.uuid4().hex)

        def put(self) -> ResponseReturnValue:
            return it.renew(str(body().get("renewal")))

        def delete(self) -> ResponseReturnValue:
            return it.log_out(it.parse(request.headers.get("X-Token", "")))

    class Tokens(MethodView):
        def delete(self) -> ResponseReturnValue:
            claims = it.caller()
            if claims is None:
                return refusal("Log in first")
            it.log_out_everywhere(claims)
            return {"data": None}

    class WhoAmI(MethodView):
        def get(self) -> ResponseReturnValue:
            claims = it.caller()
            if claims is None:
                return refusal("Log in first")
            return {"data": {"login": claims["sub"], "note": it.customers[claims["sub"]].secret}}

    class Tickets(MethodView):
        def get(self) -> ResponseReturnValue:
            return {"data": []} if it.caller() else refusal("Log in first")

    for path, view in {"token": Token, "tokens": Tokens, "whoami": WhoAmI, "tickets": Tickets}.items():
        app.add_url_rule(f"/v2/{path}", view_func=view.as_view(path))
    return app
