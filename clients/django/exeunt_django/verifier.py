"""Checks access tokens in memory: what is known, behind a lock."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from . import limits
from .identity import Identity
from .settlement.clock import ClockReading, read_clocks
from .settlement.feed import FeedAnswer
from .settlement.follower import FollowerState
from .settlement.watchers import EndWatchers, SessionEnd, Tell
from .tokens.cache import TokenCache
from .tokens.errors import Refusal, VerificationError
from .tokens.keys import PublicKeys
from .tokens.rules import TokenRules, VerifiedToken


class TooManyWatchers(Exception):
    """As many streams wait for the end of their session as are allowed: tell whoever asks to come back."""


class Progress(Enum):
    """What a poll has brought."""

    NEWS = "news"
    LEASE = "lease"
    NOTHING = "nothing"


@dataclass(frozen=True)
class VerifierStatus:
    """How a verifier is doing."""

    state: str
    """`starting`: no lease yet; `live`: it answers from memory; `lapsed`: its lease has ended; `stopped`."""
    applied: int
    """The number of the last revocation that is applied."""
    revocations: int
    """How many are held."""
    lease_left_milliseconds: int | None
    watchers: int
    """How many streams wait to hear of the end of their session."""
    checks: dict[str, int]
    """Tokens that were checked, by what was found; `accepted` is the good word."""


class TokenVerifier:
    """Checks the authority's access tokens, in memory, and knows of each sign-out before it is settled.

    It may be used by any number of threads, and waits for nothing. A follower tells it what is new.
    """

    def __init__(
        self,
        rules: TokenRules,
        clock: Callable[[], ClockReading] = read_clocks,
        capacity: int = limits.CACHED_TOKENS,
    ) -> None:
        self._rules = rules
        self._clock = clock
        self._lock = threading.Lock()
        self._follower = FollowerState()
        self._keys = PublicKeys()
        self._keys_version: str | None = None
        # Changes when a key goes, so that a signature that was checked with it does not count.
        self._generation = 0
        self._fetches_begun = 0
        self._fetch_applied = 0
        self._cache = TokenCache(capacity)
        self._watchers = EndWatchers()
        self._checks: Counter[str] = Counter()
        self._has_been_live = False
        self._is_stopped = False

    # Checking

    def verify(self, text: str) -> Identity:
        """Who shows this access token, if it is accepted now; raises `VerificationError` if not."""
        try:
            token = self._look(text)
        except VerificationError as error:
            with self._lock:
                self._checks[error.refusal.value] += 1
            raise
        with self._lock:
            self._checks["accepted"] += 1
        return Identity.of(token)

    def recognise(self, text: str) -> Identity | None:
        """Whose token this is, if it is genuine and meant for us, though it may have expired or been ended."""
        with self._lock:
            keys = self._keys
        try:
            return Identity.of(self._rules.read(text, keys))
        except VerificationError:
            return None

    def _look(self, text: str) -> VerifiedToken:
        with self._lock:
            token = self._cache.find(text)
            if token is not None:
                self._judge(token)
                return token
            keys, generation = self._keys, self._generation
        while True:
            token = self._read(text, keys)
            with self._lock:
                if generation == self._generation:
                    self._judge(token)
                    self._cache.insert(text, token)
                    return token
                keys, generation = self._keys, self._generation

    def _read(self, text: str, keys: PublicKeys) -> VerifiedToken:
        """What a token says whose signature is checked with these keys, outside the lock."""
        try:
            return self._rules.read(text, keys)
        except VerificationError as error:
            # Without a lease the keys may be old, or not there yet.
            if error.refusal is Refusal.UNKNOWN_KEY and not self.has_lease:
                raise VerificationError(Refusal.STALE) from None
            raise

    def _judge(self, token: VerifiedToken) -> None:
        now = self._clock()
        if self._follower.wall(now) >= token.refused_from:
            raise VerificationError(Refusal.EXPIRED)
        if now.wall < token.accepted_from:
            raise VerificationError(Refusal.NOT_YET_VALID)
        if self._follower.revocations.is_over(token.claims):
            raise VerificationError(Refusal.ENDED)
        if not self._follower.has_lease(now):
            raise VerificationError(Refusal.STALE)

    @property
    def has_lease(self) -> bool:
        """Whether anything may be said from memory now."""
        with self._lock:
            return self._follower.has_lease(self._clock())

    # Following

    @property
    def now(self) -> ClockReading:
        """What the clocks say, which whoever polls notes just before."""
        return self._clock()

    @property
    def position(self) -> tuple[str | None, int]:
        """Whose log is applied, and through which record."""
        with self._lock:
            return self._follower.node, self._follower.applied

    def is_current(self, keys_version: str) -> bool:
        """Whether the keys are those that the authority has."""
        with self._lock:
            return self._keys_version == keys_version

    def apply(self, answer: FeedAnswer, asked: ClockReading) -> Progress:
        """Takes over an answer to a poll before which the clocks said `asked`."""
        now = self._clock()
        with self._lock:
            before = (self._follower.node, self._follower.applied)
            # Between the end of one lease and the next a record can have come and gone.
            unpromised = self._take_unpromised(now)
            if not self._follower.receive(answer, asked, now):
                ended, progress = [], Progress.NOTHING
            else:
                ended = self._watchers.take_ended(answer.revocations)
                has_lease = self._follower.has_lease(now)
                self._has_been_live = self._has_been_live or has_lease
                self._cache.drop_expired(self._follower.wall(now))
                if before[0] != answer.node or before[1] < answer.through:
                    progress = Progress.NEWS
                else:
                    # A lease that has ended on the way is none.
                    progress = Progress.LEASE if has_lease and answer.lease_milliseconds > 0 else Progress.NOTHING
        _tell(ended, SessionEnd.ENDED)
        _tell(unpromised, SessionEnd.UNKNOWN)
        return progress

    def begin_fetch(self) -> int:
        """The number of a fetch of the keys that is about to begin."""
        with self._lock:
            self._fetches_begun += 1
            return self._fetches_begun

    def replace_keys(self, keys: PublicKeys, fetch: int, version: str | None) -> None:
        """Takes over the keys that a fetch has brought, unless one that began later was quicker.

        `version` is what the authority called them before, when it did.
        """
        with self._lock:
            if fetch > self._fetch_applied:
                self._fetch_applied = fetch
                if not keys.has_all(self._keys):
                    self._generation += 1
                    self._cache.clear()
                self._keys = keys
            if version is not None:
                self._keys_version = version

    def stop(self) -> None:
        """Gives up the lease for good: from here on nothing is accepted from memory."""
        with self._lock:
            self._is_stopped = True
            self._follower.stop()
            tells = self._watchers.take_all()
        _tell(tells, SessionEnd.UNKNOWN)

    # Ends

    def on_end(self, identity: Identity, tell: Tell) -> Callable[[], None]:
        """Tells when the session of an identity has ended, once and as soon as that is known here.

        It also tells when nothing can be promised any more, which may be so at once. To tell, it calls from wherever
        the news comes in: be quick there. What is returned cancels it. Raises `TooManyWatchers`.
        """
        with self._lock:
            if self._follower.revocations.is_over(identity.claims):
                end = SessionEnd.ENDED
            elif not self._follower.has_lease(self._clock()):
                end = SessionEnd.UNKNOWN
            elif len(self._watchers) >= limits.WATCHERS:
                raise TooManyWatchers
            else:
                number = self._watchers.add(identity.claims, tell)
                return lambda: self._unwatch(number)
        tell(end)
        return lambda: None

    def _unwatch(self, number: int) -> None:
        with self._lock:
            self._watchers.remove(number)

    def tell_unpromised(self) -> None:
        """Tells those who wait when there is no lease any more."""
        with self._lock:
            tells = self._take_unpromised(self._clock())
        _tell(tells, SessionEnd.UNKNOWN)

    def _take_unpromised(self, now: ClockReading) -> list[Tell]:
        return [] if self._follower.has_lease(now) else self._watchers.take_all()

    # Looking on

    @property
    def status(self) -> VerifierStatus:
        """How it is doing."""
        now = self._clock()
        with self._lock:
            lease = self._follower.lease if self._follower.has_lease(now) else None
            if self._is_stopped:
                state = "stopped"
            elif lease is not None:
                state = "live"
            else:
                state = "lapsed" if self._has_been_live else "starting"
            return VerifierStatus(
                state,
                self._follower.applied,
                len(self._follower.revocations),
                None if lease is None else lease.end - now.moment,
                len(self._watchers),
                dict(self._checks),
            )

    @property
    def third_of_lease_seconds(self) -> float | None:
        """A third of the lease, for which a poll is held, so that one can fail before it runs out; none without one.

        Of a long lease it is less: to ask for longer than the authority holds a poll would be taken for one that it
        does not hold.
        """
        now = self._clock()
        with self._lock:
            lease = self._follower.lease
            if lease is None or not lease.is_live(now):
                return None
            return min(lease.milliseconds // 3 / 1000, limits.LONGEST_POLL_SECONDS)


def _tell(tells: list[Tell], end: SessionEnd) -> None:
    for tell in tells:
        tell(end)
