"""What an access token says of itself that a revocation can match."""

from __future__ import annotations

from typing import NamedTuple


class TokenClaims(NamedTuple):
    """What an access token says of itself that a revocation can match."""

    token: str
    """The token's own name (`jti`)."""
    session: str
    """The session that it came from (`sid`)."""
    subject: str
    """Whose session it is (`sub`)."""
    version: int
    """The subject's token version when the session opened, or was last kept (`ver`)."""
    epoch: int
    """The authority's epoch at that moment (`gen`)."""
