"""Signed tokens of three kinds that are never mistaken for each other."""

from __future__ import annotations

import secrets
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from jwt.algorithms import RSAAlgorithm

ISSUER = "https://zoo.example"
AUDIENCE = "zoo-api"
KEY_ID = "zoo-1"


SIGNING_KEY = generate_private_key(public_exponent=65_537, key_size=2048)
"""The key of all applications here; it is made once because that takes long."""


def public_jwk() -> dict[str, Any]:
    """The public half as applications publish it."""
    key = RSAAlgorithm.to_jwk(SIGNING_KEY.public_key(), as_dict=True)
    return {**key, "kid": KEY_ID, "use": "sig", "alg": "RS256"}


def mint(user: str, session_id: str, lifetime_seconds: int, kind: str = "at+jwt", audience: str = AUDIENCE) -> str:
    """A signed token."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": audience,
        "sub": user,
        "sid": session_id,
        "jti": secrets.token_hex(12),
        "iat": now,
        "exp": now + lifetime_seconds,
    }
    return jwt.encode(claims, SIGNING_KEY, "RS256", {"typ": kind, "kid": KEY_ID})


def read(token: str, may_be_expired: bool = False) -> dict[str, Any] | None:
    """What an access token says, or nothing when it is not one of ours."""
    try:
        if jwt.get_unverified_header(token).get("typ") != "at+jwt":
            return None
        claims: dict[str, Any] = jwt.decode(
            token,
            SIGNING_KEY.public_key(),
            algorithms=["RS256"],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": ["exp", "sub", "sid"], "verify_exp": not may_be_expired},
        )
    except jwt.InvalidTokenError:
        return None
    return claims
