"""An API with signed access tokens and rotating refresh tokens, whose sign-out is right: ended sessions are known.

Each method is one decision, so that a fault can override the one that it gets wrong.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

from . import tokens
from .accounts import ADA, Account, accounts, same
from .browser_sessions import TICK_SECONDS
from .specimen import Specimen
from .web import Request, Response, as_json, route

ACCESS_SECONDS = 600


@dataclass
class Grant:
    """One sign-in: its refresh tokens, of which only the last may be used."""

    user: str
    device: str
    refresh: str
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    used: set[str] = field(default_factory=set)


class Api(Specimen):
    """Access and refresh tokens in answers, done right."""

    def tour(self) -> dict[str, Any]:
        """All that an auditor can try here."""
        pick = {name: {"json": f"/{name}_token"} for name in ("access", "refresh")}
        change = {"current": "{{password}}", "new": "{{new-password}}"}
        mine = {"device": {"regex": '"id": "([0-9a-f]+)", "current": true'}}
        return {
            "sign-in": [
                {
                    "post": "/api/login",
                    "json": {"username": "{{user}}", "password": "{{password}}"},
                    "pick": pick | {"id": {"json": "/id_token"}},
                }
            ],
            "headers": {"Authorization": "Bearer {{access}}"},
            "access": {"value": "access"},
            "refresh": {
                "token": {"value": "refresh"},
                "steps": [{"post": "/api/refresh", "json": {"refresh_token": "{{refresh}}"}, "pick": pick}],
            },
            "sign-out": [{"post": "/api/logout", "json": {"refresh_token": "{{refresh}}"}}],
            "protected": [{"path": "/api/me", "shows": ADA.secret}, "/api/letters", "/api/letters.csv"],
            "refused": {"status": 401},
            "everywhere": [{"post": "/api/logout-all", "json": {}}],
            "others": [{"post": "/api/logout-others", "json": {}}],
            "devices": {
                "identify": [{"get": "/api/sessions", "pick": mine}],
                "end": [{"delete": "/api/sessions/{{device}}"}],
            },
            "password-change": {
                "new-password": "${AUDIT_NEW_PASSWORD}",
                "steps": [{"post": "/api/password", "json": change}],
            },
            "streams": [{"sse": "/api/events"}],
            "public-key": "/.well-known/jwks.json",
        }

    def __init__(self) -> None:
        super().__init__()
        self.lock = RLock()
        self.accounts = accounts()
        self.grants: dict[str, Grant] = {}
        self.denied: set[str] = set()
        """Sessions that have ended, whose access tokens are refused."""

    # Sessions.

    def new_token(self) -> str:
        """A refresh token that nobody can guess."""
        return secrets.token_urlsafe(32)

    def open(self, user: str, request: Request) -> Grant:
        """A new session."""
        grant = Grant(user, request.header("user-agent")[:60], self.new_token())
        with self.lock:
            self.grants[grant.id] = grant
        return grant

    def end(self, session_id: str) -> None:
        """Ends a session: its access tokens and its refresh token."""
        with self.lock:
            self.denied.add(session_id)
            self.grants.pop(session_id, None)

    def is_ended(self, session_id: str) -> bool:
        """Whether a session's access tokens are refused."""
        return session_id in self.denied

    def grants_of(self, user: str) -> list[Grant]:
        """Somebody's sessions."""
        with self.lock:
            return [grant for grant in self.grants.values() if grant.user == user]

    def end_others(self, user: str, session_id: str) -> None:
        """Ends all of somebody's sessions but one."""
        with self.lock:
            for grant in self.grants_of(user):
                if grant.id != session_id:
                    self.end(grant.id)

    def end_everywhere(self, user: str) -> None:
        """Ends all of somebody's sessions."""
        self.end_others(user, "")

    # Who is let in.

    def read(self, token: str, may_be_expired: bool = False) -> dict[str, Any] | None:
        """What an access token says, or nothing when it is not one of ours."""
        return tokens.read(token, may_be_expired)

    def claims_of(self, request: Request) -> dict[str, Any] | None:
        """What the access token of a request says, if it may be used."""
        claims = self.read(request.bearer)
        return None if claims is None or self.is_ended(str(claims["sid"])) else claims

    def refuse(self) -> Response:
        """The answer to somebody who is not signed in."""
        return as_json({"error": "invalid_token"}, 401).with_header("WWW-Authenticate", 'Bearer error="invalid_token"')

    def private(self, request: Request, page: Callable[[Account, str], Response]) -> Response:
        """What is for those who are signed in; the page is given the account and the session's id."""
        claims = self.claims_of(request)
        account = self.accounts.get(str(claims["sub"])) if claims else None
        return self.refuse() if claims is None or account is None else page(account, str(claims["sid"]))

    # Signing in.

    @route("GET", "/.well-known/jwks.json")
    def jwks(self, request: Request) -> Response:
        """The key that signs."""
        return as_json({"keys": [tokens.public_jwk()]})

    def handed_out(self, grant: Grant) -> Response:
        """The answer that hands out tokens."""
        return as_json(
            {
                "access_token": tokens.mint(grant.user, grant.id, ACCESS_SECONDS),
                "id_token": tokens.mint(grant.user, grant.id, ACCESS_SECONDS, "JWT", "zoo-frontend"),
                "refresh_token": grant.refresh,
                "token_type": "Bearer",
                "expires_in": ACCESS_SECONDS,
            }
        )

    @route("POST", "/api/login")
    def sign_in(self, request: Request) -> Response:
        """Signs in."""
        account = self.accounts.get(str(request.json.get("username")))
        if account is None or not same(account.password, str(request.json.get("password"))):
            return as_json({"error": "invalid_credentials"}, 401)
        return self.handed_out(self.open(account.name, request))

    def refresh_token_in(self, request: Request) -> str:
        """The refresh token that a request brings."""
        return str(request.json.get("refresh_token", ""))

    @route("POST", "/api/refresh")
    def refresh(self, request: Request) -> Response:
        """Hands out new tokens for a refresh token, once; a second time means a thief, and ends the session."""
        token = self.refresh_token_in(request)
        with self.lock:
            grant = next((grant for grant in self.grants.values() if token == grant.refresh), None)
            if grant is None:
                self.punish_reuse(token)
                return as_json({"error": "invalid_grant"}, 401)
            self.rotate(grant)
            return self.handed_out(grant)

    def rotate(self, grant: Grant) -> None:
        """Puts a new refresh token in the place of the one that was used."""
        grant.used.add(grant.refresh)
        grant.refresh = self.new_token()

    def punish_reuse(self, token: str) -> None:
        """Ends the session of a refresh token that was used before."""
        for grant in list(self.grants.values()):
            if token in grant.used:
                self.end(grant.id)

    # What is private.

    @route("GET", "/api/me")
    def me(self, request: Request) -> Response:
        """Who somebody is."""
        return self.private(request, lambda account, _: as_json({"name": account.name, "secret": account.secret}))

    @route("GET", "/api/letters")
    def letters(self, request: Request) -> Response:
        """Something private."""
        return self.private(request, lambda account, _: as_json({"to": account.name, "letters": []}))

    @route("GET", "/api/letters.csv")
    def download(self, request: Request) -> Response:
        """A private file."""
        headers = [("Content-Type", "text/csv"), ("Cache-Control", "no-store")]
        return self.private(
            request, lambda account, _: Response(200, f"to,date\n{account.name},never\n".encode(), list(headers))
        )

    @route("GET", "/api/events")
    def events(self, request: Request) -> Response:
        """A stream of what happens, which ends with its session."""
        headers = [("Content-Type", "text/event-stream"), ("Cache-Control", "no-store")]
        return self.private(
            request, lambda _, session_id: Response(200, b"", list(headers), stream=self.ticks(session_id))
        )

    def ticks(self, session_id: str) -> Iterator[bytes]:
        """What happens in a session as long as it lives."""
        count = 0
        while not self.is_ended(session_id):
            yield f"data: {(count := count + 1)}\n\n".encode()
            time.sleep(TICK_SECONDS)

    @route("GET", "/api/sessions")
    def sessions(self, request: Request) -> Response:
        """Where somebody is signed in."""
        return self.private(
            request,
            lambda account, session_id: as_json(
                [
                    {"device": grant.device, "id": grant.id, "current": grant.id == session_id}
                    for grant in self.grants_of(account.name)
                ]
            ),
        )

    # What changes something.

    @route("DELETE", "/api/sessions/{other}")
    def end_device(self, request: Request, other: str) -> Response:
        """Ends one of one's own sessions."""

        def end(account: Account, _: str) -> Response:
            if other in {grant.id for grant in self.grants_of(account.name)}:
                self.end(other)
            return Response(204)

        return self.private(request, end)

    @route("POST", "/api/logout")
    def logout(self, request: Request) -> Response:
        """Signs out whatever token comes, be it expired; with none there is nothing to end, which is no mistake."""
        claims = self.read(request.bearer, may_be_expired=True)
        if claims is not None:
            self.sign_out(str(claims["sid"]))
        token = self.refresh_token_in(request)
        for grant in list(self.grants.values()):
            if token and (token == grant.refresh or token in grant.used):
                self.sign_out(grant.id)
        return Response(204)

    def sign_out(self, session_id: str) -> None:
        """Ends a session because its owner signs out."""
        self.end(session_id)

    @route("POST", "/api/logout-others")
    def logout_others(self, request: Request) -> Response:
        """Signs out all other devices."""

        def end(account: Account, session_id: str) -> Response:
            self.end_others(account.name, session_id)
            return Response(204)

        return self.private(request, end)

    @route("POST", "/api/logout-all")
    def logout_everywhere(self, request: Request) -> Response:
        """Signs out all devices."""

        def end(account: Account, _: str) -> Response:
            self.end_everywhere(account.name)
            return Response(204)

        return self.private(request, end)

    @route("POST", "/api/password")
    def change_password(self, request: Request) -> Response:
        """Changes the password, which ends all other sessions."""

        def change(account: Account, session_id: str) -> Response:
            new = str(request.json.get("new") or "")
            if not new or not same(account.password, str(request.json.get("current"))):
                return as_json({"error": "invalid_credentials"}, 403)
            account.password = new
            self.after_password(account.name, session_id)
            return Response(204)

        return self.private(request, change)

    def after_password(self, user: str, session_id: str) -> None:
        """Ends all that the old password opened, but for the session that changed it."""
        self.end_others(user, session_id)
