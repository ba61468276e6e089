"""For the tests of an application: without an authority, and without tokens.

With `EXEUNT = {"ENABLED": False}` Django's own sessions are all there is, so `client.force_login(user)` does what it
always does, and `request.exeunt` says who that is.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta, timezone

from django.http import HttpRequest

from .conf import configuration
from .identity import Identity
from .settlement.claims import TokenClaims
from .tokens.base64url import encode


def identity(subject: str, session: str = "1") -> Identity:
    """An identity that nobody has verified; each `session` is another session of the subject.

    No token stands behind it, so no server may make one for a request.
    """
    session_id = encode(hashlib.sha256(f"{subject} {session}".encode()).digest()[:16])
    begin = datetime.now(timezone.utc).replace(microsecond=0)
    claims = TokenClaims(session_id, session_id, subject, 0, 0)
    return Identity(subject, session_id, session_id, "testing", begin, begin + timedelta(minutes=15), claims)


def stand_in(request: HttpRequest) -> None:
    """Sets `request.exeunt` to the user of Django's session, where Exeunt is not enabled."""
    user = getattr(request, "user", None)
    is_known = user is not None and user.is_authenticated
    key = getattr(getattr(request, "session", None), "session_key", None) or "1"
    request.exeunt = identity(configuration().subject_of(user), key) if is_known else None
