"""Follows the authority's log of revocations, in threads of its own."""

from __future__ import annotations

import logging
import random
import secrets
import threading
import time

from . import limits
from .authority.client import AuthorityClient
from .authority.connections import Connections
from .authority.errors import AuthorityError, Trouble
from .tokens.base64url import encode
from .verifier import Progress, TokenVerifier

logger = logging.getLogger("exeunt")

_TICK_SECONDS = 0.25
"""How long a lease that clocks have voided may go unnoticed by those who wait for an end."""


class Pause:
    """How long to wait before the next poll when the last ones failed: longer each time, and never all at once."""

    def __init__(self) -> None:
        self._failures = 0

    def reset(self) -> None:
        """A poll was answered."""
        self._failures = 0

    def next_seconds(self, chance: float, retry_after_seconds: float = 0) -> float:
        """The pause after one more failure, with a number from 0 to 1 drawn at random; at least what the authority
        asks for.
        """
        whole = min(limits.FIRST_PAUSE_SECONDS * 2 ** min(self._failures, 10), limits.LONGEST_PAUSE_SECONDS)
        self._failures += 1
        return max(whole / 2 + whole / 2 * chance, retry_after_seconds)


class Follower:
    """Polls the feed and tells a verifier what comes, until it is told to stop.

    It does not end for an authority that cannot be reached: it goes on trying.
    """

    def __init__(
        self, verifier: TokenVerifier, authority: AuthorityClient, lease_milliseconds: int | None, address: str
    ) -> None:
        self._verifier = verifier
        self._authority = authority
        self._lease_milliseconds = lease_milliseconds
        # What the lease hangs on: sign-outs that wait must not keep a poll waiting.
        self._connections = Connections(address)
        self._address = address
        self._name = encode(secrets.token_bytes(16))
        self._stopping = threading.Event()
        self._is_live = threading.Event()
        self._begun = float("inf")
        self._starting = threading.Lock()
        self._last_error = ""
        self._is_following = False
        # Daemons, because a process must not wait for them before it has had a chance to stop them.
        self._threads = [
            threading.Thread(target=work, name=f"exeunt-{name}", daemon=True)
            for name, work in (("follow", self._follow), ("time", self._keep_time))
        ]

    def start(self) -> None:
        """Begins to follow; doing it twice does no harm."""
        if self.has_begun:
            return
        with self._starting:
            if not self.has_begun:
                for thread in self._threads:
                    thread.start()
                self._begun = time.monotonic()

    @property
    def has_begun(self) -> bool:
        """Whether it has been told to start."""
        return self._begun < float("inf")

    def wait_for_first_lease(self) -> bool:
        """Waits until there has been a lease, or the process is too old to make anybody wait for it."""
        left = self._begun + limits.FIRST_LEASE_SECONDS - time.monotonic()
        return self._is_live.wait(max(0.0, left))

    @property
    def is_starting(self) -> bool:
        """Whether a request should rather wait for the first lease than be told to come back."""
        is_young = time.monotonic() < self._begun + limits.FIRST_LEASE_SECONDS
        return is_young and not self._is_live.is_set() and not self._stopping.is_set()

    def stop(self) -> None:
        """Has nothing accepted from memory any more, and only then gives the lease back."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._verifier.stop()
        self._connections.abort()
        if not self.has_begun:
            return
        for thread in self._threads:
            thread.join(limits.FAREWELL_SECONDS)
        try:
            self._authority.hand_back(self._name, Connections(self._address))
            logger.info("the lease is given back")
        except AuthorityError as error:
            logger.warning("the lease could not be given back: %s", error)

    # Polling

    def _follow(self) -> None:
        pause = Pause()
        has_failed = False
        while not self._stopping.is_set():
            third = self._verifier.third_of_lease_seconds
            # Without a lease, or after a poll that has failed, what matters is to get one.
            wait = 0.0 if has_failed or third is None else third
            begun = time.monotonic()
            progress, retry_after = self._poll_once(wait, third)
            has_failed = progress is Progress.NOTHING
            if has_failed:
                self._stopping.wait(pause.next_seconds(random.random(), retry_after))
                continue
            pause.reset()
            took = time.monotonic() - begun
            if progress is Progress.LEASE and took < wait / 2:
                # An authority that holds no poll is not asked all the time.
                self._stopping.wait(wait / 2 - took)

    def _poll_once(self, wait: float, third: float | None) -> tuple[Progress, float]:
        """What a poll has brought, and what the authority asks to wait for after one that has failed."""
        try:
            return self._poll(wait, third), 0
        except AuthorityError as error:
            self._note(str(error))
            return Progress.NOTHING, error.retry_after_seconds if error.trouble is Trouble.UNAVAILABLE else 0
        except Exception:
            # Whatever it is: a follower that ends unnoticed would be a server that refuses for good.
            logger.exception("following the authority failed")
            return Progress.NOTHING, 0

    def _poll(self, wait: float, third: float | None) -> Progress:
        """Polls once, and takes over what comes.

        To poll again is to say that the answer is applied. So keys that have gone are let go of before that: they are
        fetched first.
        """
        # The lease counts from here, which is before the authority can have granted it.
        asked = self._verifier.now
        node, applied = self._verifier.position
        query: dict[str, str | int] = {"verifier": self._name, "after": applied, "wait": int(wait * 1000)}
        if node is not None:
            query["node"] = node
        if self._lease_milliseconds is not None:
            query["lease"] = self._lease_milliseconds
        # While there is a lease to keep, there must be time for another poll; without one, for a long answer.
        grace = limits.QUESTION_SECONDS if third is None else max(third / 2, limits.POLL_GRACE_SECONDS)
        answer = self._authority.poll(query, self._connections, wait + grace)
        are_keys_old = not self._verifier.is_current(answer.keys_version)
        if are_keys_old:
            self.fetch_keys(answer.keys_version, self._connections)
        progress = self._verifier.apply(answer, asked)
        if self._verifier.has_lease:
            self._note_lease(answer.through)
        return Progress.NEWS if are_keys_old and progress is Progress.LEASE else progress

    def fetch_keys(self, version: str | None = None, connections: Connections | None = None) -> None:
        """Fetches the keys and takes them over; `version` is what the authority called them before."""
        fetch = self._verifier.begin_fetch()
        keys = self._authority.keys(secrets.token_hex(8), connections)
        self._verifier.replace_keys(keys, fetch, version)

    # Time

    def _keep_time(self) -> None:
        """Tells those who wait when the lease has ended."""
        while not self._stopping.is_set():
            self._verifier.tell_unpromised()
            left = self._verifier.status.lease_left_milliseconds
            if left is None and self._is_following:
                self._is_following = False
                logger.warning(
                    "the lease has ended: nothing is accepted from memory (%s)", self._last_error or "no error"
                )
            # Not a moment later than the lease ends.
            self._stopping.wait(_TICK_SECONDS if left is None else min(max(left, 1) / 1000, _TICK_SECONDS))

    def _note_lease(self, applied: int) -> None:
        self._last_error = ""
        self._is_live.set()
        if not self._is_following:
            self._is_following = True
            logger.info("following the authority, %d applied", applied)

    def _note(self, error: str) -> None:
        if error != self._last_error and not self._stopping.is_set():
            logger.warning("cannot follow the authority: %s", error)
        self._last_error = error
