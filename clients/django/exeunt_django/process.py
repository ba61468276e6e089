"""What one process has: its verifier, the thread that follows the authority for it, and its connections.

A process that was forked has none of its parent's threads, so it begins anew at its first check, with a name of its
own. Until somebody asks, there is nothing: the parent of an autoreloader and a server that only forks follow nobody.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.signals import setting_changed

from . import limits
from .authority.client import AuthorityClient
from .authority.errors import AuthorityError
from .authority.single_flight import Full, SingleFlight
from .conf import Configuration, configuration
from .following import Follower
from .identity import Identity
from .tokens.errors import Refusal, VerificationError
from .tokens.rules import TokenRules
from .verifier import TokenVerifier

_NETWORK_THREADS = 32
"""Questions to the authority that the event loop of a process has under way at once; the others wait for their turn."""


class Process:
    """The verifier of one process, and all that it needs."""

    def __init__(self, configuration: Configuration) -> None:
        rules = TokenRules(configuration.issuer, configuration.audience, int(configuration.clock_skew_seconds * 1000))
        self.configuration = configuration
        self.verifier = TokenVerifier(rules)
        self.authority = AuthorityClient(configuration.endpoint, configuration.client_id, configuration.client_secret)
        self.follower = Follower(
            self.verifier, self.authority, configuration.lease_milliseconds, configuration.endpoint
        )
        self.threads = ThreadPoolExecutor(_NETWORK_THREADS, "exeunt-network")
        """Where an event loop has its questions asked."""
        self.wsgi_streams = threading.BoundedSemaphore(max(1, configuration.wsgi_streams))
        self._key_misses: SingleFlight[bool] = SingleFlight(1)
        self._last_key_miss = float("-inf")

    def verify_with_new_keys(self, token: str) -> Identity:
        """Fetches the keys, and looks once more at a token of a key that is not known.

        A token of a key that is a moment old may be quicker than the news of it. Anybody can name a key that there is
        not, though, so the keys are fetched at most once a second for it; in between, nothing is known of such a
        token.
        """
        fetched_from = time.monotonic()
        try:
            is_fresh = self._key_misses.run("keys", self._fetch_missing_keys)
        except (AuthorityError, Full):
            is_fresh = False
        try:
            return self.verifier.verify(token)
        except VerificationError as error:
            # Only keys that were fetched after the token had come say that there is no such key.
            if error.refusal is Refusal.UNKNOWN_KEY and not (is_fresh and self._last_key_miss >= fetched_from):
                raise VerificationError(Refusal.STALE) from None
            raise

    def _fetch_missing_keys(self) -> bool:
        now = time.monotonic()
        if now - self._last_key_miss < limits.KEY_MISS_SECONDS:
            return False
        self._last_key_miss = now
        self.follower.fetch_keys()
        return True

    def stop(self) -> None:
        """Gives the lease back and closes everything."""
        self.follower.stop()
        self.authority.close()
        self.threads.shutdown(wait=False)


_lock = threading.Lock()
_current: Process | None = None


def process() -> Process:
    """What this process has; the first call begins to follow the authority."""
    found = _made()
    found.follower.start()
    return found


def authority_client() -> AuthorityClient:
    """The authority, for whoever only has a question: nobody follows it for that, which a command has no use of."""
    return _made().authority


def _made() -> Process:
    global _current
    found = _current
    if found is None:
        with _lock:
            if _current is None:
                _current = Process(configuration())
            found = _current
    return found


def begun() -> Process | None:
    """What this process has, if it follows the authority."""
    return _current if _current is not None and _current.follower.has_begun else None


def stop() -> None:
    """Gives the lease back, so that no sign-out waits for this process; a later check begins anew."""
    global _current
    with _lock:
        ending, _current = _current, None
    if ending is not None:
        ending.stop()


def _forget_parent() -> None:
    global _lock, _current
    # The lock may have been held, and the threads have stayed behind; what the parent has is its own to give back.
    _lock, _current = threading.Lock(), None


def _restart(*, setting: str, **_: Any) -> None:
    if setting in ("EXEUNT", "DEBUG"):
        stop()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_parent)
atexit.register(stop)
setting_changed.connect(_restart, dispatch_uid="exeunt.process")
