"""Reads access tokens as RFC 9068 §4 and RFC 8725 §3 say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .. import limits
from ..settlement.claims import TokenClaims
from .base64url import decode, is_identifier
from .errors import Refusal, VerificationError
from .json_object import integer, read_object, string, strings
from .keys import PublicKeys

_LATEST = 1 << 42
"""Seconds since 1970: far beyond any of these a sum of milliseconds would overflow elsewhere."""


@dataclass(frozen=True)
class VerifiedToken:
    """A token that has been found genuine and meant for us, and what it says.

    Whether it has expired or been ended is asked each time.
    """

    claims: TokenClaims
    client_id: str
    authenticated_at_seconds: int
    expires_at_seconds: int
    accepted_from: int
    """In milliseconds since 1970, with the allowed skew."""
    refused_from: int


@dataclass(frozen=True)
class TokenRules:
    """What a token has to be."""

    issuer: str
    audience: str
    skew_milliseconds: int

    def read(self, text: str, keys: PublicKeys) -> VerifiedToken:
        """What a token says, if a key of these has signed it and it is meant for us."""
        header, payload, signature, signed = _split(text)
        key = keys[string(header, "kid") or ""]
        if key is None:
            raise VerificationError(Refusal.UNKNOWN_KEY)
        if string(header, "alg") != key.algorithm or not key.is_signature(signature, signed):
            raise VerificationError(Refusal.BAD_SIGNATURE)
        return self._judge(payload)

    def _judge(self, text: bytes) -> VerifiedToken:
        payload = _Payload.read(text)
        if payload is None:
            raise VerificationError(Refusal.MALFORMED)
        if payload.issuer != self.issuer:
            raise VerificationError(Refusal.WRONG_ISSUER)
        if self.audience not in payload.audiences:
            raise VerificationError(Refusal.WRONG_AUDIENCE)
        begin = max(payload.issued_at, payload.not_before)
        return VerifiedToken(
            payload.claims,
            payload.client_id,
            payload.authenticated_at,
            payload.expires_at,
            begin * 1000 - self.skew_milliseconds,
            payload.expires_at * 1000 + self.skew_milliseconds,
        )


def _split(text: str) -> tuple[dict[str, Any], bytes, bytes, bytes]:
    """The header, the payload, the signature, and what is signed."""
    if not limits.SHORTEST_TOKEN_BYTES <= len(text) <= limits.TOKEN_BYTES or not text.isascii():
        raise VerificationError(Refusal.MALFORMED)
    parts = text.split(".")
    decoded = [part for part in map(decode, parts) if part is not None]
    if len(parts) != 3 or len(decoded) != 3:
        raise VerificationError(Refusal.MALFORMED)
    header = read_object(decoded[0])
    # RFC 7515 §4.1.11: it names what a reader has to understand, and we understand nothing of the kind.
    if header is None or "crit" in header:
        raise VerificationError(Refusal.MALFORMED)
    # RFC 9068 §4: either form, in whatever case (RFC 7515 §4.1.9).
    if (string(header, "typ") or "").lower() not in ("at+jwt", "application/at+jwt"):
        raise VerificationError(Refusal.WRONG_TYPE)
    return header, decoded[1], decoded[2], text.rpartition(".")[0].encode("ascii")


@dataclass(frozen=True)
class _Payload:
    """The claims of an access token (RFC 9068 §2.2), with the authority's own: `sid`, `ver` and `gen`."""

    issuer: str
    audiences: list[str]
    client_id: str
    claims: TokenClaims
    issued_at: int
    not_before: int
    expires_at: int
    authenticated_at: int

    @classmethod
    def read(cls, text: bytes) -> _Payload | None:
        members = read_object(text)
        if members is None:
            return None
        names = [string(members, name) for name in ("iss", "sub", "jti", "client_id", "sid")]
        numbers = [integer(members, name) for name in ("exp", "iat", "ver", "gen", "auth_time")]
        audiences = strings(members, "aud")
        not_before = integer(members, "nbf") if "nbf" in members else 0
        words = [name for name in names if name is not None]
        counts = [number for number in (*numbers, not_before) if number is not None]
        if len(words) != len(names) or len(counts) != len(numbers) + 1 or audiences is None:
            return None
        issuer, subject, token, client_id, session = words
        expires_at, issued_at, version, epoch, authenticated_at, not_before = counts
        moments = (issued_at, expires_at, not_before, authenticated_at)
        if not all(0 <= moment <= _LATEST for moment in moments) or issued_at >= expires_at or min(version, epoch) < 0:
            return None
        if not subject or not is_identifier(token) or not is_identifier(session):
            return None
        claims = TokenClaims(token, session, subject, version, epoch)
        return cls(issuer, audiences, client_id, claims, issued_at, not_before, expires_at, authenticated_at)
