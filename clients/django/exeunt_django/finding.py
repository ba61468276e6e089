"""What is found of a request, and what is to become of the browser's cookies."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal

from django.http import HttpRequest

from . import limits
from .authority.errors import AuthorityError
from .authority.sessions import SessionTokens, is_refresh_token
from .identity import Identity

Change = SessionTokens | Literal["deleted"] | None
"""What happens to the browser's cookies with the answer: a new pair, none any more, or nothing."""


@dataclass
class Finding:
    """What is found of a request; signing in and out on the way changes it."""

    identity: Identity | None = None
    """Who it is; none for a stranger."""
    has_shown: bool = False
    """Whether it has brought anything that could have been accepted."""
    is_bearer: bool = False
    """Whether it has brought a bearer token, and is judged by that alone."""
    access_token: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    """What the browser has now, or will have with the answer."""
    change: Change = field(default=None, repr=False)
    over: str | None = None
    """The session that its tokens are of, if that is known to be over."""
    is_signing_out_done: bool = False
    """Whether the wish to sign out that it brought needs to be brought no more."""
    trouble: AuthorityError | None = None
    """Why nothing can be known of it now."""

    def take(self, tokens: SessionTokens) -> None:
        """The browser will have these."""
        self.access_token, self.refresh_token, self.change = tokens.access_token, tokens.refresh_token, tokens

    def sign_out(self) -> None:
        """It is a stranger's from here on, and the browser will have no tokens."""
        self.identity, self.access_token, self.refresh_token = None, None, None
        # Whoever brings a bearer token has not shown the cookies, and keeps them.
        self.change = None if self.is_bearer else "deleted"

    @property
    def presentable_tokens(self) -> Iterator[str]:
        """The tokens that may end a session: either will do, but the one may be junk while the other is not."""
        if self.refresh_token is not None and is_refresh_token(self.refresh_token):
            yield self.refresh_token
        if self.access_token is not None and len(self.access_token) <= limits.TOKEN_BYTES:
            yield self.access_token


def finding_of(request: HttpRequest) -> Finding | None:
    """What the middleware has found of a request; none if it has not been there."""
    found = getattr(request, "_exeunt", None)
    return found if isinstance(found, Finding) else None


current: ContextVar[Finding | None] = ContextVar("exeunt_finding", default=None)
"""What is found of the request that is being answered, for code that is not told of it."""
