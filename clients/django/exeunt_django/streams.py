"""A stream that tells an open page that its session is over (server-sent events, WHATWG HTML §9.2)."""

from __future__ import annotations

import asyncio
import concurrent.futures
import time
from collections.abc import AsyncIterator, Callable, Iterator

from . import limits
from .identity import Identity
from .settlement.watchers import SessionEnd
from .verifier import TokenVerifier

_BEGIN = b"retry: 1000\n\n"
_HEARTBEAT = b":\n\n"
_SIGNED_OUT = b"event: signed-out\ndata: {}\n\n"


class _Stream:
    """What a page is told: that its session has ended, or nothing and the end when nothing can be promised any more."""

    def __init__(
        self, verifier: TokenVerifier, identity: Identity, on_close: Callable[[], None] = lambda: None
    ) -> None:
        """Waits from now on. Raises `TooManyWatchers`."""
        self._end: concurrent.futures.Future[SessionEnd] = concurrent.futures.Future()
        self._give_up = time.monotonic() + limits.STREAM_SECONDS
        self._has_begun = False
        self._is_over = False
        self._on_close: Callable[[], None] | None = on_close
        self._cancel = verifier.on_end(identity, self._end.set_result)

    def _patience(self) -> float:
        """How long to wait for the end before something is said all the same."""
        if not self._has_begun or self._is_over:
            return 0
        return max(0.0, min(limits.HEARTBEAT_SECONDS, self._give_up - time.monotonic()))

    def _line(self) -> bytes | None:
        if not self._has_begun:
            self._has_begun = True
            return _BEGIN
        if self._is_over or time.monotonic() >= self._give_up:
            return None
        if not self._end.done():
            return _HEARTBEAT
        self._is_over = True
        return _SIGNED_OUT if self._end.result() is SessionEnd.ENDED else None

    def close(self) -> None:
        """Nobody needs to hear any more; called whether or not anything was sent."""
        self._cancel()
        if self._on_close is not None:
            self._on_close()
            self._on_close = None


class EndStream(_Stream, Iterator[bytes]):
    """The stream for a thread that has nothing else to do."""

    def __next__(self) -> bytes:
        """The next thing to send."""
        patience = self._patience()
        if patience > 0:
            concurrent.futures.wait([self._end], patience)
        line = self._line()
        if line is None:
            raise StopIteration
        return line


class AsyncEndStream(_Stream, AsyncIterator[bytes]):
    """The stream for an event loop."""

    async def __anext__(self) -> bytes:
        """The next thing to send."""
        patience = self._patience()
        if patience > 0:
            await asyncio.wait([asyncio.wrap_future(self._end)], timeout=patience)
        line = self._line()
        if line is None:
            raise StopAsyncIteration
        return line
