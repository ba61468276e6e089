"""Whose tokens the scenarios show."""

from __future__ import annotations

from typing import Any

from signing import Token, identifier

ADA = Token()
GRACE = Token(sub="grace", sid=identifier(9, 5), jti=identifier(7, 5))


def of(low: int, *, jti: int = 9, **claims: Any) -> Token:
    """A token of another session of ada's."""
    return Token(sid=identifier(9, low), jti=identifier(7, jti), **claims)
