"""What the tests know of Exeunt's surface: its routes, its fields, its cookies and the wording of its pages.

Everything that a change of the HTTP surface would touch is in this file. `Authority` is an app at the server door,
`Visitor` a browser without a screen at the browser door.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import requests

LOGIN = "/login"
LOGOUT = "/logout"
SIGNED_OUT = "/signed-out"
END_SESSION = "/end-session"
SESSION = "/session"
EVENTS = "/session/events"
ACCOUNT = "/account"
DEVICES = "/account/sessions"
PASSWORD = "/account/password"
EMAIL = "/account/email"
REPORT = "/account/report"

TOKEN = "/token"
REVOKE = "/revoke"
INTROSPECT = "/introspect"
METADATA = "/.well-known/oauth-authorization-server"
OPENID_CONFIGURATION = "/.well-known/openid-configuration"
SSF_CONFIGURATION = "/.well-known/ssf-configuration"
STREAMS = "/ssf/streams"
STREAM_STATUS = "/ssf/status"
STREAM_VERIFICATION = "/ssf/verify"
JWKS = "/.well-known/jwks.json"
OPENAPI = "/openapi.json"
HEALTH = "/healthz"
READY = "/readyz"
METRICS = "/metrics"
OPEN = "/v1/sessions"
RESUME = "/v1/sessions/resume"
API_LOGOUT = "/v1/logout"
API_LOGOUT_ALL = "/v1/logout-all"
GLOBAL_REVOCATION = "/global-token-revocation"

SESSION_COOKIE = "session"
REMEMBER_COOKIE = "remember"
SECURE_SESSION_COOKIE = "__Host-session"
SECURE_REMEMBER_COOKIE = "__Host-remember"
ADAPTER_COOKIES = ("__Host-access", "__Host-refresh")
"""Cookies that we never set, but that a framework adapter may: our logout deletes them all the same."""

RECEIPT_FIELDS = {"ended_sessions", "ended_remembered", "seq", "settled", "settled_after_ms", "deliveries"}

PATIENCE = 120
"""Seconds until a test gives up waiting. A bound, not a measure: nothing here is timed by it."""


def end_path(session_id: str) -> str:
    """The browser door's route that ends one of one's own sessions."""
    return f"/account/sessions/{session_id}/end"


def subject_path(subject: str) -> str:
    """The server door's route for a subject's sessions."""
    return f"/v1/subjects/{quote(subject, safe='')}/sessions"


def events_path(subject: str) -> str:
    """The server door's route for what happened to an account."""
    return f"/v1/subjects/{quote(subject, safe='')}/events"


@dataclass(frozen=True)
class Account:
    """One of the demo accounts."""

    email: str
    password: str


@dataclass(frozen=True)
class Client:
    """An app's credentials, as `exeunt clients add` prints them."""

    id: str
    secret: str


@dataclass(frozen=True)
class Credentials:
    """All that the opening of a session hands out."""

    session_id: str
    session_token: str
    access_token: str
    refresh_token: str
    remember_token: str | None = None

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Credentials:
        """The credentials in a `201` of `POST /v1/sessions`."""
        return cls(
            answer["session_id"],
            answer["session_token"],
            answer["access_token"],
            answer["refresh_token"],
            answer.get("remember_token"),
        )


def expect(response: requests.Response, *statuses: int) -> requests.Response:
    """The same response, or a failure that shows what came instead."""
    request = f"{response.request.method} {response.request.url}"
    assert response.status_code in statuses, f"{request} answered {response.status_code}: {response.text[:800]}"
    return response


class Authority:
    """An app with client credentials at the server door."""

    def __init__(self, url: str, client: Client, verify: str | bool = True) -> None:
        self.url = url
        self.client = client
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.verify = verify
        self.http.auth = (client.id, client.secret)

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Any request with this client's credentials; redirects are not followed."""
        options.setdefault("timeout", PATIENCE)
        return self.http.request(method, self.url + path, allow_redirects=False, **options)

    def try_open(
        self, subject: str, *, remember: bool = False, device: dict[str, str] | None = None, **more: Any
    ) -> requests.Response:
        """`POST /v1/sessions`, whatever it answers."""
        body = {"subject": subject, "remember": remember, "device": device or {}, **more}
        return self.request("POST", OPEN, json=body)

    def open(self, subject: str, *, remember: bool = False, device: dict[str, str] | None = None) -> Credentials:
        """Opens a session."""
        return Credentials.of(expect(self.try_open(subject, remember=remember, device=device), 201).json())

    def refresh(self, refresh_token: str) -> requests.Response:
        """`POST /token`, whatever it answers."""
        return self.request("POST", TOKEN, data={"grant_type": "refresh_token", "refresh_token": refresh_token})

    def resume(self, remember_token: str) -> requests.Response:
        """`POST /v1/sessions/resume`, whatever it answers."""
        return self.request("POST", RESUME, json={"remember_token": remember_token, "device": {}})

    def introspect(self, token: str, hint: str | None = None) -> dict[str, Any]:
        """`POST /introspect`."""
        form = {"token": token} | ({"token_type_hint": hint} if hint else {})
        return dict(expect(self.request("POST", INTROSPECT, data=form), 200).json())

    def is_active(self, token: str) -> bool:
        """Whether introspection would let this token in."""
        return self.introspect(token)["active"] is True

    def revoke(self, token: str, hint: str | None = None) -> requests.Response:
        """`POST /revoke`, whatever it answers."""
        return self.request("POST", REVOKE, data={"token": token} | ({"token_type_hint": hint} if hint else {}))

    def logout(self, token: str, scope: str = "current") -> requests.Response:
        """`POST /v1/logout`, whatever it answers."""
        return self.request("POST", API_LOGOUT, json={"token": token, "scope": scope})

    def sessions(self, subject: str) -> list[dict[str, Any]]:
        """All sessions of a subject, page by page."""
        found: list[dict[str, Any]] = []
        path: str | None = subject_path(subject)
        parameters: dict[str, str] = {}
        while path:
            page = expect(self.request("GET", path, params=parameters), 200).json()
            found += page["sessions"]
            path = path if page["next"] else None
            parameters = {"after": page["next"]} if page["next"] else {}
        return found

    def end(self, subject: str, session_id: str) -> requests.Response:
        """Ends one session of a subject, whatever it answers."""
        return self.request("DELETE", f"{subject_path(subject)}/{session_id}")

    def end_all(self, subject: str, *, keep: str | None = None) -> requests.Response:
        """Ends a subject's sessions, all or all but one, whatever it answers."""
        return self.request("DELETE", subject_path(subject), params={"except": keep} if keep else {})

    def event(self, subject: str, kind: str, *, keep: str | None = None) -> requests.Response:
        """Tells what happened to the account, whatever it answers."""
        body = {"type": kind} | ({"keep_session": keep} if keep else {})
        return self.request("POST", events_path(subject), json=body)


class Visitor:
    """A browser at the browser door: it keeps cookies, and says that its requests come from our own pages."""

    def __init__(self, url: str, *, agent: str = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", **headers: str):
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers.update({"User-Agent": agent, "Sec-Fetch-Site": "same-origin", **headers})

    def get(self, path: str, **options: Any) -> requests.Response:
        """A navigation; redirects are not followed."""
        options.setdefault("timeout", PATIENCE)
        return self.http.get(self.url + path, allow_redirects=False, **options)

    def post(self, path: str, form: dict[str, str] | None = None, **options: Any) -> requests.Response:
        """A form; redirects are not followed."""
        options.setdefault("timeout", PATIENCE)
        return self.http.post(self.url + path, data=form or {}, allow_redirects=False, **options)

    def try_sign_in(self, email: str, password: str, **form: str) -> requests.Response:
        """`POST /login`, whatever it answers."""
        return self.post(LOGIN, {"email": email, "password": password, **form})

    def sign_in(self, account: Account, *, remember: bool = False) -> Visitor:
        """Signs in with the built-in form."""
        form = {"remember": "1"} if remember else {}
        expect(self.try_sign_in(account.email, account.password, **form), 303)
        return self

    def carry(self, cookies: dict[str, str]) -> Visitor:
        """Takes cookies that came from elsewhere, as a thief would."""
        for name, value in cookies.items():
            self.http.cookies.set(name, value, domain=urlsplit(self.url).hostname, path="/")
        return self

    def cookies(self) -> dict[str, str]:
        """The cookies that it holds now."""
        return {name: value or "" for name, value in self.http.cookies.items()}

    def listen(self) -> requests.Response:
        """`GET /session/events`, on a connection of its own; the answer is there, and what it says is still to come."""
        return self.get(EVENTS, stream=True, headers={"Accept": "text/event-stream", "Connection": "close"})

    def session(self) -> dict[str, Any]:
        """`GET /session`."""
        return dict(expect(self.get(SESSION), 200).json())

    def is_signed_in(self) -> bool:
        """Whether the server lets this browser in: by its own word, and by the devices page."""
        said = self.session()["signed_in"]
        page = self.get(DEVICES)
        assert page.status_code == (200 if said else 303), f"GET /session says {said}, the page {page.status_code}"
        return bool(said)

    def sign_out(self, scope: str = "current", **form: str) -> requests.Response:
        """`POST /logout`, whatever it answers."""
        return self.post(LOGOUT, {"scope": scope, **form})
