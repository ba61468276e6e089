"""APIs with tokens, each with a fault that teams write."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from flask import Flask, abort, jsonify, request
from flask.typing import ResponseReturnValue

from .kit import Tour, broken, flask, known, new_id

Made = tuple[Flask, Tour]

THINGS = {"me": "Ada", "orders": [1, 2, 3], "letters": ["a", "b"]}

ENTER = {
    "post": "/api/login",
    "json": {"username": "{{user}}", "password": "{{password}}"},
    "pick": {"access": {"json": "/access"}, "refresh": {"json": "/refresh"}},
}

TOUR: Tour = {
    "sign-in": [ENTER],
    "headers": {"Authorization": "Bearer {{access}}"},
    "access": {"value": "access"},
    "refresh": {
        "token": {"value": "refresh"},
        "steps": [
            {
                "post": "/api/refresh",
                "json": {"refresh": "{{refresh}}"},
                "pick": {"access": {"json": "/access"}, "refresh": {"json": "/refresh"}},
            }
        ],
    },
    "sign-out": [{"post": "/api/logout", "json": {"refresh": "{{refresh}}"}}],
    "protected": ["/api/me", "/api/orders", "/api/letters"],
}


@dataclass
class Chain:
    """A session of an API: its owner, and the tokens that are good now."""

    owner: str
    access: str = field(default_factory=new_id)
    refresh: str = field(default_factory=new_id)
    spent: set[str] = field(default_factory=set)


@dataclass
class Desk:
    """Opaque tokens, in chains that begin with a sign-in; right as it is."""

    chains: list[Chain] = field(default_factory=list)

    def begin(self, name: str) -> dict[str, str]:
        """A new chain."""
        self.chains.append(Chain(name))
        return self.shown(self.chains[-1])

    @staticmethod
    def shown(chain: Chain) -> dict[str, str]:
        """What the client gets of a chain."""
        return {"access": chain.access, "refresh": chain.refresh}

    def owner(self, access: str) -> str | None:
        """Whose access token this is."""
        return next((chain.owner for chain in self.chains if chain.access == access), None)

    def renew(self, refresh: str) -> dict[str, str] | None:
        """The next tokens of a chain; a spent token ends it."""
        for chain in self.chains:
            if refresh in chain.spent:
                return self.spent_again(chain)
            if refresh == chain.refresh:
                chain.spent.add(refresh)
                chain.access, chain.refresh = new_id(), new_id()
                return self.shown(chain)
        return None

    def spent_again(self, chain: Chain) -> dict[str, str] | None:
        """What happens when a spent token comes once more."""
        self.chains.remove(chain)
        return None

    def end(self, access: str, refresh: str) -> None:
        """The sign-out, also by a client that has not heard yet that its refresh token is spent."""
        self.chains = [
            each
            for each in self.chains
            if each.access != access and each.refresh != refresh and refresh not in each.spent
        ]


def api(name: str, desk: Desk) -> Made:
    """The addresses of such an API."""
    app = flask(name)

    def bearer() -> str:
        return request.headers.get("Authorization", "").removeprefix("Bearer ")

    def refresh() -> str:
        given: Any = request.get_json(silent=True)
        return str(given.get("refresh", "")) if isinstance(given, dict) else ""

    @app.post("/api/login")
    def sign_in() -> ResponseReturnValue:
        name = known()
        return (jsonify(error="wrong"), 401) if name is None else jsonify(desk.begin(name))

    @app.post("/api/refresh")
    def renew() -> ResponseReturnValue:
        tokens = desk.renew(refresh())
        return (jsonify(error="invalid_grant"), 401) if tokens is None else jsonify(tokens)

    @app.post("/api/logout")
    def sign_out() -> ResponseReturnValue:
        desk.end(bearer(), refresh())
        return "", 204

    @app.get("/api/<what>")
    def data(what: str) -> ResponseReturnValue:
        owner = desk.owner(bearer())
        if owner is None:
            return jsonify(error="unauthorized"), 401
        return jsonify({"owner": owner, what: THINGS[what]}) if what in THINGS else abort(404)

    return app, TOUR


@broken("access-token-after-logout")
def asked_half_a_minute_ago() -> Made:
    """The gateway keeps for half a minute what the authority said of a token, and hears of no sign-out."""

    class Gateway(Desk):
        """Asks, and keeps the answer."""

        def __init__(self) -> None:
            super().__init__()
            self.kept: dict[str, tuple[float, str | None]] = {}

        def owner(self, access: str) -> str | None:
            """Whose token this was when it was last asked for."""
            if access not in self.kept or self.kept[access][0] < time.monotonic():
                self.kept[access] = (time.monotonic() + 30, super().owner(access))
            return self.kept[access][1]

    return api("asked_half_a_minute_ago", Gateway())


@broken("refresh-after-logout")
def only_the_access_token() -> Made:
    """The sign-out ends the access token with which it was called, and forgets the refresh token."""

    class Forgetful(Desk):
        """Ends half."""

        def end(self, access: str, refresh: str) -> None:
            """Blanks the access token."""
            for chain in self.chains:
                if chain.access == access:
                    chain.access = new_id()

    return api("only_the_access_token", Forgetful())


@broken("refresh-reuse")
def tolerant_rotation() -> Made:
    """Refresh tokens rotate, and the ones before stay good, since a phone had lost an answer and complained."""

    class Tolerant(Desk):
        """Hands out the newest."""

        def spent_again(self, chain: Chain) -> dict[str, str] | None:
            """As if it were not spent."""
            chain.access, chain.refresh = new_id(), new_id()
            return self.shown(chain)

    return api("tolerant_rotation", Tolerant())


@broken("refresh-reuse-consequence")
def a_spent_token_is_a_401() -> Made:
    """A spent refresh token is refused like any wrong one, and the thief who has the newest goes on."""

    class Indifferent(Desk):
        """Refuses, and thinks no more of it."""

        def spent_again(self, chain: Chain) -> dict[str, str] | None:
            """Nothing."""
            return None

    return api("a_spent_token_is_a_401", Indifferent())


@broken("refresh-rotation")
def the_same_for_a_month() -> Made:
    """A refresh answers with the refresh token that it was given."""

    class Constant(Desk):
        """Renews the access token alone."""

        def renew(self, refresh: str) -> dict[str, str] | None:
            """The next access token."""
            for chain in self.chains:
                if chain.refresh == refresh:
                    chain.access = new_id()
                    return self.shown(chain)
            return None

    return api("the_same_for_a_month", Constant())


@dataclass
class SignedDesk(Desk):
    """The same with signed tokens that name their chain, which must live; right as it is."""

    key: str = field(default_factory=new_id)

    def signed(self, chain: Chain, use: str, minutes: int) -> str:
        """A token of a chain."""
        claims = {
            "sub": chain.owner,
            "sid": id(chain),
            "jti": new_id(),
            "use": use,
            "exp": int(time.time()) + minutes * 60,
        }
        return jwt.encode(claims, self.key, algorithm="HS256")

    def begin(self, name: str) -> dict[str, str]:
        """A new chain."""
        chain = Chain(name)
        chain.access, chain.refresh = self.signed(chain, "access", 10), self.signed(chain, "refresh", 1000)
        self.chains.append(chain)
        return self.shown(chain)

    def renew(self, refresh: str) -> dict[str, str] | None:
        """The next tokens of a chain; a spent token ends it."""
        chain = next((chain for chain in self.chains if refresh == chain.refresh), None)
        if super().renew(refresh) is None or chain is None:
            return None
        chain.access, chain.refresh = self.signed(chain, "access", 10), self.signed(chain, "refresh", 1000)
        return self.shown(chain)

    def wanted(self, claims: dict[str, Any]) -> bool:
        """Whether these are the claims of an access token."""
        return claims.get("use") == "access"

    def owner(self, access: str) -> str | None:
        """Whose access token this is."""
        try:
            claims = jwt.decode(access, self.key, algorithms=["HS256"])
        except jwt.InvalidTokenError:
            return None
        chain = next((chain for chain in self.chains if id(chain) == claims["sid"]), None)
        return chain.owner if chain and self.wanted(claims) else None


@broken("jwt-other-type")
def one_key_for_both() -> Made:
    """Access and refresh tokens are signed with one key, and nobody asks which of the two a token is."""

    class Careless(SignedDesk):
        """Takes either."""

        def wanted(self, claims: dict[str, Any]) -> bool:
            """Whatever is signed."""
            return True

    return api("one_key_for_both", Careless())


@broken("jwt-signature")
def decoded_and_not_verified() -> Made:
    """The claims are read with `verify_signature: False`, left over from a test."""

    class Trusting(SignedDesk):
        """Reads."""

        def owner(self, access: str) -> str | None:
            """Whose access token this says it is."""
            try:
                claims = jwt.decode(access, options={"verify_signature": False})
            except jwt.InvalidTokenError:
                return None
            chain = next((chain for chain in self.chains if id(chain) == claims.get("sid")), None)
            return chain.owner if chain and self.wanted(claims) else None

    return api("decoded_and_not_verified", Trusting())
