"""Keys and access tokens of the vectors: always the same, down to the signature."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

ISSUER = "https://accounts.example.com"
START_MS = 1_800_000_000_000
"""What the wall clock says when a scenario begins."""
NOW = START_MS // 1000

Members = list[tuple[str, Any]]


class Raw(str):
    """A member's value that is JSON already, and perhaps JSON that no writer would write."""


def base64url(data: bytes) -> str:
    """Base64 with the URL-safe alphabet and no padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def identifier(high: int, low: int) -> str:
    """A `sid` or `jti` of two numbers."""
    return base64url(high.to_bytes(8, "big") + low.to_bytes(8, "big"))


def text_of(members: Members) -> str:
    """A JSON object with these members in this order, whether a name stands twice or not."""
    parts = [f"{json.dumps(name)}:{value if isinstance(value, Raw) else json.dumps(value)}" for name, value in members]
    return "{" + ",".join(parts) + "}"


class Key:
    """A key of the authority, or one that only claims to be: made from its name."""

    def __init__(self, kid: str, algorithm: str = "ES256", seed: str | None = None) -> None:
        self.kid = kid
        self.algorithm = algorithm
        secret = hashlib.sha256(f"vector key {seed or kid}".encode()).digest()
        self._p256 = ec.derive_private_key(int.from_bytes(secret, "big") >> 1, ec.SECP256R1())
        self._ed25519 = ed25519.Ed25519PrivateKey.from_private_bytes(secret)

    @property
    def coordinates(self) -> tuple[bytes, bytes]:
        """The point of a P-256 key."""
        numbers = self._p256.public_key().public_numbers()
        return numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")

    @property
    def jwk(self) -> dict[str, str]:
        """The public key (RFC 7518 section 6.2, RFC 8037 section 2)."""
        common = {"use": "sig", "kid": self.kid, "alg": self.algorithm}
        if self.algorithm == "EdDSA":
            x = self._ed25519.public_key().public_bytes_raw()
            return {"kty": "OKP", "crv": "Ed25519", "x": base64url(x)} | common
        x, y = self.coordinates
        return {"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y)} | common

    def sign(self, message: str) -> bytes:
        """The signature, with no chance in it (RFC 6979, RFC 8032)."""
        if self.algorithm == "EdDSA":
            return self._ed25519.sign(message.encode())
        how = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        r, s = utils.decode_dss_signature(self._p256.sign(message.encode(), how))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


ONE = Key("one")
TWO = Key("two", "EdDSA")
NEW = Key("new")


def jwks(*keys: Key | dict[str, Any]) -> str:
    """A key set as it comes over the wire."""
    return json.dumps({"keys": [key.jwk if isinstance(key, Key) else key for key in keys]}, separators=(",", ":"))


class Token:
    """An access token in the making (RFC 9068 section 2.2): members of its header and payload, for a case to spoil."""

    def __init__(self, key: Key = ONE, *, now: int = NOW, **claims: Any) -> None:
        self.key = key
        self.header: Members = [("typ", "at+jwt"), ("alg", key.algorithm), ("kid", key.kid)]
        payload: dict[str, Any] = {
            "iss": ISSUER,
            "sub": "ada",
            "aud": [ISSUER],
            "exp": now + 900,
            "iat": now,
            "jti": identifier(7, 1),
            "client_id": "notes",
            "sid": identifier(9, 1),
            "ver": 0,
            "gen": 0,
            "auth_time": now,
        }
        self.payload: Members = list((payload | claims).items())

    def with_header(self, name: str, *values: Any) -> Token:
        """The same with other values for a member of the header: none, one, or one too many."""
        self.header = [member for member in self.header if member[0] != name] + [(name, value) for value in values]
        return self

    def with_payload(self, name: str, *values: Any) -> Token:
        """The same with other values for a member of the payload."""
        self.payload = [member for member in self.payload if member[0] != name] + [(name, value) for value in values]
        return self

    @property
    def signed(self) -> str:
        """What is signed."""
        return ".".join(base64url(text_of(members).encode()) for members in (self.header, self.payload))

    @property
    def text(self) -> str:
        """The token."""
        return self.signed_by(self.key.sign(self.signed))

    def signed_by(self, signature: bytes) -> str:
        """The token with whatever stands for a signature."""
        return f"{self.signed}.{base64url(signature)}"

    def with_mac(self, secret: bytes) -> str:
        """The token with an HMAC-SHA256 in place of the signature."""
        return self.signed_by(hmac.digest(secret, self.signed.encode(), "sha256"))
