"""What the authority hands out for a session, and what it says of an ending."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from .. import limits
from ..tokens.base64url import decode

Scope = Literal["current", "others", "everywhere"]
"""How far a sign-out goes: this session, all others of the same subject, or all."""

EventType = Literal[
    "password_changed",
    "password_reset",
    "email_changed",
    "factor_changed",
    "security_concern",
    "account_disabled",
    "account_deleted",
]
"""What can happen to an account."""


@dataclass(frozen=True)
class SessionTokens:
    """Secrets, which belong into `HttpOnly` cookies or a server's memory."""

    access_token: str = field(repr=False)
    """What each request shows; the verifier checks it."""
    refresh_token: str = field(repr=False)
    """What gets the next pair, once."""
    expires_in_seconds: int
    """The access token's life from now."""


@dataclass(frozen=True)
class SignOutReceipt:
    """What an ending has done."""

    ended_sessions: int
    is_settled: bool
    """Whether no server anywhere accepts anything of it any more."""
    settled_after_milliseconds: int | None
    """How long that took; none while it is not so."""
    settles_by: datetime | None
    """By when it will be so; none once it is."""


@dataclass(frozen=True)
class Device:
    """What is known of the device that a session was opened on."""

    user_agent: str = ""
    address: str = ""
    label: str = ""


@dataclass(frozen=True)
class Session:
    """One live session of a subject."""

    id: str
    device: Device
    created_at: datetime
    last_active_at: datetime
    expires_at: datetime


def is_refresh_token(text: str) -> bool:
    """Whether a text looks like a refresh token: `exr_`, and base64url of at least a MAC of 32 bytes.

    What it says is the authority's alone to know; but anybody can put anything into a cookie, and what cannot be a
    token is not worth a question.
    """
    if len(text) > limits.REFRESH_TOKEN_BYTES or not text.startswith("exr_"):
        return False
    return len(decode(text[4:]) or b"") >= 32
