"""Who made a request, as a token that was accepted says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone

from .settlement.claims import TokenClaims
from .tokens.rules import VerifiedToken


@dataclass(frozen=True)
class Identity:
    """Who made a request, as a token that was accepted says."""

    subject: str
    """Whose session it is (`sub`)."""
    session_id: str
    """The session that the token came from (`sid`)."""
    token_id: str
    """The token's own name (`jti`)."""
    client_id: str
    """The client that opened the session (`client_id`)."""
    authenticated_at: datetime
    """When the person signed in (`auth_time`)."""
    expires_at: datetime
    """When the token expires (`exp`); the session may well go on."""
    claims: TokenClaims = field(repr=False)
    """What a revocation is compared with."""

    @classmethod
    def of(cls, token: VerifiedToken) -> Identity:
        """What a token says that was accepted."""
        claims = token.claims
        return cls(
            claims.subject,
            claims.session,
            claims.token,
            token.client_id,
            datetime.fromtimestamp(token.authenticated_at_seconds, timezone.utc),
            datetime.fromtimestamp(token.expires_at_seconds, timezone.utc),
            claims,
        )
