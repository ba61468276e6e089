"""Sessions that never grow old, and answers that tell by their time."""

from __future__ import annotations

import time

from ..browser_sessions import Session
from ..correct import ShortLived
from ..web import Request
from ..website import Website


class IdleSessionsLive(ShortLived):
    """A session that nobody uses lives as long as one that is used.

    The time of the last use is written nowhere, to spare the database.
    """

    found_by = ("idle-timeout",)
    idle_seconds = 3600.0


class UsedSessionsLiveForEver(ShortLived):
    """Each use makes a session younger, without end.

    A sliding expiry was switched on, and nothing counts from the beginning.
    """

    found_by = ("absolute-timeout",)
    absolute_seconds = 3600.0


class EndedSessionsTakeLonger(Website):
    """A token that once was a session's is refused more slowly than one that never was.

    Ended sessions are kept in an archive, which is slow, and is asked for the statistics.
    """

    warned_by = ("session-timing",)

    def __init__(self) -> None:
        super().__init__()
        self.ended: set[str] = set()

    def end(self, session: Session) -> None:
        """Ends a session, and remembers that."""
        self.ended.add(session.token)
        super().end(session)

    def session_of(self, request: Request) -> Session | None:
        """The live session that a request names."""
        if request.cookies.get(self.session_cookie.name) in self.ended:
            time.sleep(0.1)
        return super().session_of(request)
