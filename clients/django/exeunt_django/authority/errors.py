"""Why a question to the authority was not answered as it should have been."""

from __future__ import annotations

from enum import Enum
from typing import Literal

During = Literal["request", "sign_in", "sign_out", "event"]
"""What was under way: some request, a sign-in, a sign-out, or a change of an account."""


class Trouble(str, Enum):
    """What is wrong, for a program to decide by."""

    CREDENTIAL_OVER = "credential_over"
    """The credential is over, was never one, or is another client's: sign in again."""
    NOT_FOUND = "not_found"
    """The subject has no such live session."""
    CLIENT_UNKNOWN = "client_unknown"
    """The id or the secret of this client is wrong."""
    SCOPE_MISSING = "scope_missing"
    """The client may not do that."""
    TOO_MANY_SESSIONS = "too_many_sessions"
    """The subject has as many sessions as the authority's configuration allows."""
    REFUSED = "refused"
    """The authority has something against the request itself."""
    UNAVAILABLE = "unavailable"
    """The authority cannot do it now."""
    UNREACHABLE = "unreachable"
    """No answer came; whether it was done is not known."""
    NOT_UNDERSTOOD = "not_understood"
    """The answer is none of an authority that this package knows."""
    TOKEN_REFUSED = "token_refused"
    """The authority's own token is refused here: a setting or a clock is wrong."""


class AuthorityError(Exception):
    """A question to the authority was not answered as it should have been.

    `trouble` says what is wrong to a program; the text says to people what to do about it, and holds no secret.
    """

    def __init__(self, trouble: Trouble, what_to_do: str, *, retry_after_seconds: int = 1) -> None:
        super().__init__(what_to_do)
        self.trouble = trouble
        self.retry_after_seconds = max(1, retry_after_seconds)
        self.during: During = "request"
        """What was under way; what a person is told depends on it."""
