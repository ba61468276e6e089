"""A small provider on this machine: it serves its keys, signs whatever it is told to, and misbehaves on request."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
import uuid
import warnings
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import jwt as pyjwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

BACK_CHANNEL_EVENT = "http://schemas.openid.net/event/backchannel-logout"
CAEP = "https://schemas.openid.net/secevent/caep/event-type/"
RISC = "https://schemas.openid.net/secevent/risc/event-type/"
SSF = "https://schemas.openid.net/secevent/ssf/event-type/"
AUDIENCE = "our-client"

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LEFT_OUT: Any = object()
"""In the place of a claim's value: the claim is not there."""


def encoded(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    """A private key for one algorithm."""

    def __init__(self, algorithm: str, kid: str | None = None) -> None:
        self.algorithm = algorithm
        self.kid = kid or uuid.uuid4().hex[:8]
        self.private: PrivateKeyTypes
        if algorithm.startswith(("RS", "PS")):
            self.private = rsa.generate_private_key(65537, 2048)
        elif algorithm == "EdDSA":
            self.private = ed25519.Ed25519PrivateKey.generate()
        else:
            curve = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}[algorithm]
            self.private = ec.generate_private_key(curve)

    @property
    def pem(self) -> bytes:
        """The private key in PKCS #8."""
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def public_pem(self) -> bytes:
        """The public key."""
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def joserfc(self) -> RSAKey | OKPKey | ECKey:
        """The same for joserfc."""
        kind = RSAKey if self.algorithm[0] in "RP" else OKPKey if self.algorithm == "EdDSA" else ECKey
        return kind.import_key(self.pem)

    @property
    def jwk(self) -> dict[str, Any]:
        """The public key for the key set."""
        return dict(self.joserfc.as_dict(private=False)) | {"kid": self.kid, "alg": self.algorithm, "use": "sig"}


def by_pyjwt(header: dict[str, Any], claims: dict[str, Any], key: Key) -> str:
    """A token as PyJWT makes it."""
    return pyjwt.encode(claims, key.private, algorithm=key.algorithm, headers=header)  # type: ignore[arg-type]


def by_joserfc(header: dict[str, Any], claims: dict[str, Any], key: Key) -> str:
    """A token as joserfc makes it."""
    return joserfc_jwt.encode(header | {"alg": key.algorithm}, claims, key.joserfc, algorithms=[key.algorithm])


def by_authlib(header: dict[str, Any], claims: dict[str, Any], key: Key) -> str:
    """A token as authlib makes it."""
    from authlib.deprecate import AuthlibDeprecationWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AuthlibDeprecationWarning)
        from authlib.jose import JsonWebToken

        token: bytes = JsonWebToken([key.algorithm]).encode(header | {"alg": key.algorithm}, claims, key.pem)
    return token.decode()


LIBRARIES: dict[str, Callable[[dict[str, Any], dict[str, Any], Key], str]] = {
    "PyJWT": by_pyjwt,
    "joserfc": by_joserfc,
    "authlib": by_authlib,
}


def by_hand(header: dict[str, Any], claims: str, key: Key, secret: bytes | None = None) -> str:
    """A token that no library would make: the claims as text, signed by ES256, RS256, PS256, HS256 or not at all."""
    message = f"{encoded(json.dumps(header).encode())}.{encoded(claims.encode())}".encode()
    algorithm = str(header.get("alg"))
    if secret is not None:
        signature = hmac.digest(secret, message, hashlib.sha256)
    elif algorithm.lower() == "none":
        signature = b""
    elif isinstance(key.private, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(SHA256()), 32)
        signature = key.private.sign(message, pss if algorithm == "PS256" else padding.PKCS1v15(), SHA256())
    else:
        from jwt.algorithms import ECAlgorithm

        signature = ECAlgorithm(ECAlgorithm.SHA256).sign(message, key.private)  # type: ignore[arg-type]
    return f"{message.decode()}.{encoded(signature)}"


class Provider:
    """The provider's server, with one key to begin with."""

    def __init__(self, algorithm: str = "ES256") -> None:
        self.keys = [Key(algorithm)]
        self.mode = "good"
        """How it answers who asks for keys: good, down, hanging, failing, garbage, huge, another issuer's."""
        self.fetches: list[str] = []
        self.polls: list[dict[str, Any]] = []
        self.poll_authorizations: list[str | None] = []
        self.events: dict[str, str] = {}
        """What is still to be fetched, by `jti`; it stays until it is acknowledged or refused."""
        self.refused: dict[str, dict[str, str]] = {}
        self.news = threading.Condition()
        self.stopping = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self) -> Self:
        """It serves since it was made."""
        return self

    def __exit__(self, *_: object) -> None:
        """Lets go of whoever waits, and stops."""
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()

    # Tokens

    def logout_claims(self, **changes: Any) -> dict[str, Any]:
        """The claims of a good logout token, and what is different about them."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + 120,
            "jti": uuid.uuid4().hex,
            "events": {BACK_CHANNEL_EVENT: {}},
        } | changes
        return {name: value for name, value in claims.items() if value is not LEFT_OUT}

    def event_claims(self, kind: str, subject: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """The claims of a good security event, and what is different about them."""
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "iat": int(time.time()),
            "jti": uuid.uuid4().hex,
            "sub_id": subject,
            "events": {kind: {"event_timestamp": int(time.time())}},
        } | changes
        return {name: value for name, value in claims.items() if value is not LEFT_OUT}

    def sign(
        self, claims: dict[str, Any], kind: str | None = "logout+jwt", *, library: str = "joserfc", **header: Any
    ) -> str:
        """A token with the newest key."""
        key = self.keys[-1]
        head = {"typ": kind, "kid": key.kid} | header
        return LIBRARIES[library]({name: value for name, value in head.items() if value is not None}, claims, key)

    def logout_token(self, **claims: Any) -> str:
        """A logout token as it should be, but for those claims."""
        return self.sign(self.logout_claims(**claims))

    def event(self, kind: str, subject: dict[str, Any], **claims: Any) -> str:
        """A security event as it should be, but for those claims."""
        return self.sign(self.event_claims(kind, subject, **claims), "secevent+jwt")

    def person(self, name: str) -> dict[str, Any]:
        """One of its people, as an event names them."""
        return {"format": "iss_sub", "iss": self.issuer, "sub": name}

    def publish(self, token: str) -> str:
        """Has an event wait to be fetched; gives its `jti`."""
        name = str(pyjwt.decode(token, options={"verify_signature": False})["jti"])
        with self.news:
            self.events[name] = token
            self.news.notify_all()
        return name

    def until_fetched(self, name: str, patience: float = 60) -> None:
        """Waits until an event is acknowledged or refused."""
        with self.news:
            assert self.news.wait_for(lambda: name not in self.events, patience), f"{name} still waits: {self.polls}"

    # Serving

    def _answer(self, path: str) -> bytes:
        if self.mode == "garbage":
            return b"<html>not json</html>"
        if self.mode == "huge":
            return b'{"keys":[' + b'"x",' * 1_000_000 + b'"x"]}'
        if path == "/jwks":
            return json.dumps({"keys": [key.jwk for key in self.keys]}).encode()
        issuer = "http://127.0.0.1:1" if self.mode == "another issuer's" else self.issuer
        return json.dumps({"issuer": issuer, "jwks_uri": f"{self.issuer}/jwks"}).encode()

    def _poll(self, asked: dict[str, Any]) -> bytes:
        with self.news:
            self.polls.append(asked)
            for name in asked["ack"]:
                self.events.pop(name, None)
            for name, why in asked["setErrs"].items():
                self.events.pop(name, None)
                self.refused[name] = why
            self.news.notify_all()
            self.news.wait_for(lambda: bool(self.events) or self.stopping.is_set(), 1)
            return json.dumps({"sets": self.events, "moreAvailable": False}).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                provider.fetches.append(self.path)
                if provider.mode == "down":
                    self.close_connection = True
                    return
                if provider.mode == "hanging":
                    provider.stopping.wait(60)
                    self.close_connection = True
                    return
                self.answer(500 if provider.mode == "failing" else 200, provider._answer(self.path))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                provider.poll_authorizations.append(self.headers["Authorization"])
                self.answer(200, provider._poll(json.loads(body)))

            def answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler
