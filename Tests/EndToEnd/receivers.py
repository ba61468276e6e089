"""Receivers of endings as others write them: they check what comes with libraries of their own, and can misbehave."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt
from authlib.jose import JsonWebToken
from cryptojwt import KeyJar
from idpyoidc.message.oidc.session import BackChannelLogoutRequest
from joserfc import jws
from joserfc.jwk import KeySet
from standardwebhooks.webhooks import Webhook

from exeunt import PATIENCE
from server import command, command_json

ALLOWED = {"outgoing.allow": "127.0.0.1"}
"""The setting without which nobody on this machine is told anything."""

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass
class Told:
    """One request, as it came."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def logout_token(self) -> str:
        """The token of a back-channel logout request, which has nothing else."""
        assert self.headers["content-type"] == "application/x-www-form-urlencoded"
        form = parse_qs(self.body.decode("ascii"), strict_parsing=True)
        assert list(form) == ["logout_token"], form
        return form["logout_token"][0]

    @property
    def jti(self) -> str:
        """Its name, whichever form it has; not checked."""
        if "webhook-id" in self.headers:
            return self.headers["webhook-id"]
        return str(self.unchecked["jti"])

    @property
    def sid(self) -> str:
        """The session that it is about; not checked."""
        if "webhook-id" in self.headers:
            return str(json.loads(self.body)["data"]["session_id"])
        claims = self.unchecked
        return str(claims["sid"] if "sid" in claims else claims["sub_id"].get("session", claims["sub_id"])["id"])

    @property
    def unchecked(self) -> dict[str, Any]:
        """The claims of its token; not checked."""
        token = self.body.decode() if self.headers["content-type"] == "application/secevent+jwt" else self.logout_token
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
        return claims


Answer = tuple[int, dict[str, str], bytes]
Behaviour = Callable[[Told], Answer | None]


def status(code: int, body: bytes = b"", **headers: str) -> Behaviour:
    """Answers everything so."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: (code, named, body)


def drops(_: Told) -> None:
    """Takes the request and closes the connection without a word."""


class Receiver:
    """A receiver on a port of its own, which does at first what it should."""

    def __init__(self, good: int = 200) -> None:
        self.told: list[Told] = []
        self.acted: Counter[str] = Counter()
        """How often it has acted upon a session: it knows a repeat by its `jti`."""
        self.good = status(good)
        self.behaviour: Behaviour = self.good
        self.hanging = threading.Event()
        self.garbage = False
        self._seen: set[str] = set()
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:
                    # Whoever sends has been killed in the middle, and has told nothing.
                    self.close_connection = True
                    return
                told = Told(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                receiver._answer(told, self)

            def do_GET(self) -> None:
                raise AssertionError("a redirect was followed")

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_: Any) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """Where it is told."""
        return f"http://127.0.0.1:{self.port}/told"

    def _answer(self, told: Told, handler: BaseHTTPRequestHandler) -> None:
        with self._lock:
            self.told.append(told)
        if self.hanging.is_set():
            time.sleep(PATIENCE)
        if self.garbage:
            handler.wfile.write(b"\x00\x01 what is HTTP?\r\n\r\n")
            handler.close_connection = True
            return
        answer = self.behaviour(told)
        if answer is None:
            handler.connection.shutdown(socket.SHUT_RDWR)
            handler.close_connection = True
            return
        code, headers, body = answer
        if 200 <= code < 300:
            # It acts before it answers, and remembers it for good.
            with self._lock:
                if told.jti not in self._seen:
                    self._seen.add(told.jti)
                    self.acted[told.sid] += 1
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    @property
    def sessions(self) -> set[str]:
        """The sessions that it has acted upon."""
        with self._lock:
            return set(self.acted)

    def close(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._server.server_close()


def register(
    data: Path, kind: str, client: str, url: str, *, hears: str = "all", settings: dict[str, Any] | None = None
) -> dict[str, Any]:
    """`exeunt receivers add`: its id, and its secret if it has one."""
    added: dict[str, Any] = command_json(
        "receivers", "add", kind, "--client", client, "--url", url, "--hears", hears,
        data=data, settings=settings or ALLOWED,
    )  # fmt: skip
    return added


def deliveries(data: Path, receiver: str) -> dict[str, Any]:
    """How one receiver gets on, as the command tells it."""
    lines = command("deliveries", "--json", data=data).stdout.splitlines()
    rows = [json.loads(line) for line in lines]
    return next(row for row in rows if row["receiver_id"] == receiver)


def key_set(keys: dict[str, Any]) -> KeySet:
    """The authority's keys as joserfc has them."""
    return KeySet.import_key_set({"keys": keys["keys"]})


def check_logout_token(token: str, keys: dict[str, Any], *, issuer: str, audience: str) -> dict[str, Any]:
    """Checks a logout token (Back-Channel Logout 1.0 §2.6) with four libraries, and gives its claims."""
    header = jwt.get_unverified_header(token)
    assert header["typ"] == "logout+jwt" and header["alg"] == "ES256" and "kid" in header
    key = next(jwt.PyJWK(key) for key in keys["keys"] if key["kid"] == header["kid"])
    required = ["iss", "aud", "iat", "exp", "jti", "events", "sub", "sid"]
    claims: dict[str, Any] = jwt.decode(
        token, key.key, ["ES256"], issuer=issuer, audience=audience, options={"require": required}
    )
    assert json.loads(jws.deserialize_compact(token, key_set(keys), ["ES256"]).payload) == claims
    by_authlib = JsonWebToken(["ES256"]).decode(token, keys)
    by_authlib.validate()
    assert dict(by_authlib) == claims
    jar = KeyJar()
    jar.import_jwks(keys, issuer)
    by_idpyoidc = BackChannelLogoutRequest(logout_token=token)
    assert by_idpyoidc.verify(keyjar=jar, iss=issuer, aud=audience, allowed_sign_alg="ES256")
    assert by_idpyoidc["__verified_logout_token"]["sid"] == claims["sid"]
    assert set(claims) == set(required), "and nothing else: no nonce above all"
    assert claims["events"] == {LOGOUT_EVENT: {}}
    assert claims["exp"] - claims["iat"] == 120
    return claims


def check_event_token(token: str, keys: dict[str, Any], *, issuer: str, audience: str) -> dict[str, Any]:
    """Checks a security event token (RFC 8417, SSF 1.0 §4) with two libraries, and gives its claims."""
    header = jwt.get_unverified_header(token)
    assert header["typ"] == "secevent+jwt"
    key = next(jwt.PyJWK(key) for key in keys["keys"] if key["kid"] == header["kid"])
    claims: dict[str, Any] = jwt.decode(token, key.key, ["ES256"], issuer=issuer, audience=audience)
    assert json.loads(jws.deserialize_compact(token, key_set(keys), ["ES256"]).payload) == claims
    assert not {"sub", "exp", "nonce", "sid"} & set(claims)
    assert len(claims["events"]) == 1
    return claims


def check_webhook(told: Told, secret: str) -> dict[str, Any]:
    """Checks a webhook's signature with the convention's own library, and gives what it says."""
    document: dict[str, Any] = Webhook(secret).verify(told.body, told.headers)
    return document


def until(is_so: Callable[[], bool], what: str = "it never came to pass") -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)
