"""Sees to it that nobody looks into a Django session whose Exeunt session is not the one of this very request.

Django's session of a signed-in user holds a mark, the id of the Exeunt session that was opened with it. It is compared
when somebody looks into the session, so a request that does not costs no query.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from django.contrib.auth import SESSION_KEY, get_user
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .finding import Finding

MARK = "exeunt_session"
"""Where Django's session holds the id of the Exeunt session."""


def guard(request: HttpRequest, finding: Finding) -> None:
    """Lets the session of a request be found empty by whoever looks into it, unless it is marked as this request's.

    Where its Exeunt session is known to be over, and where it has no mark, it is deleted too. Where it is merely
    somebody else's to use, it is left to them: a copy of its key alone must not be enough to sign them out.
    """
    session = getattr(request, "session", None)
    if not isinstance(session, SessionBase):
        return
    if finding.is_bearer or finding.trouble is not None:
        # The cookies do not count, or not now, so the session that one of them names does not count either.
        request.session = type(session)()
        request._exeunt_own_session = session
        _look_again(request)
    elif hasattr(session, "_session_cache"):
        # Somebody was here before us.
        session._session_cache = _admit(session, session._session_cache, finding)[0]
        _look_again(request)
    else:
        _wrap(session, finding)


def give_back(request: HttpRequest) -> None:
    """Puts the browser's session back that was kept out, unless there is a new one."""
    session = getattr(request, "_exeunt_own_session", None)
    if session is not None and request.session.is_empty():
        request.session = session


def let_in(request: HttpRequest, finding: Finding) -> None:
    """Puts the browser's session back that was kept out as long as nothing was known of it, to be judged now."""
    session = getattr(request, "_exeunt_own_session", None)
    if session is not None and not finding.is_bearer:
        request.session = session
        _wrap(session, finding)
        _look_again(request)


def delete_if_over(request: HttpRequest) -> None:
    """Looks into the session, so that it is deleted at once if it is over."""
    session = getattr(request, "session", None)
    if session is not None and session.session_key:
        session.get(MARK)


def _wrap(session: Any, finding: Finding) -> None:
    load: Callable[[], dict[str, Any]] = session.load

    def guarded_load() -> dict[str, Any]:
        data, deleted = _admit(session, load(), finding)
        if deleted:
            session.delete(deleted)
        return data

    session.load = guarded_load
    if not hasattr(session, "aload"):
        return
    aload: Callable[[], Awaitable[dict[str, Any]]] = session.aload

    async def guarded_aload() -> dict[str, Any]:
        data, deleted = _admit(session, await aload(), finding)
        if deleted:
            await session.adelete(deleted)
        return data

    session.aload = guarded_aload


def _admit(session: Any, data: dict[str, Any], finding: Finding) -> tuple[dict[str, Any], str | None]:
    """What may be seen of a session, and the key of one that is to be deleted."""
    if SESSION_KEY not in data:
        return data, None
    mark = data.get(MARK)
    if mark is not None and finding.identity is not None and mark == finding.identity.session_id:
        return data, None
    key, session._session_key = session.session_key, None
    return {}, key if mark is None or mark == finding.over else None


def _look_again(request: HttpRequest) -> None:
    """Forgets the user that somebody may have looked up too early."""
    for name in ("_cached_user", "_acached_user"):
        if hasattr(request, name):
            delattr(request, name)
    if hasattr(request, "user"):
        request.user = SimpleLazyObject(lambda: get_user(request))
