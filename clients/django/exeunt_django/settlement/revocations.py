"""The records of the log, and what they end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .claims import TokenClaims

Kind = Literal["token", "session", "subject", "all"]

NEVER = -(1 << 63)
"""A moment before every other."""


@dataclass(frozen=True)
class Revocation:
    """One record of the log: a token, a session, a subject's sessions or everything is over."""

    seq: int
    """Its place in the log: numbered from 1 in commit order, without gaps."""
    kind: Kind
    name: str
    """The token, the session or the subject; empty for everything."""
    version: int
    """A subject's tokens below this version, or all below this epoch, are over."""
    spared: str | None
    """The one session of the subject that goes on."""
    until: int
    """When every token that it could match has expired, in milliseconds since 1970; it may go then."""

    def matches(self, claims: TokenClaims) -> bool:
        """Whether it ends a token that says `claims` of itself."""
        if self.kind == "token":
            return claims.token == self.name
        if self.kind == "session":
            return claims.session == self.name
        if self.kind == "subject":
            return claims.subject == self.name and claims.version < self.version and claims.session != self.spared
        return claims.epoch < self.version


class ExpiringNames:
    """Names, each with the moment at which it may be forgotten."""

    def __init__(self) -> None:
        self._until: dict[str, int] = {}
        # Moments are whole seconds and at most a quarter of an hour ahead, so there are few of them.
        self._due: dict[int, list[str]] = {}

    def __len__(self) -> int:
        """How many there are."""
        return len(self._until)

    def __contains__(self, name: str) -> bool:
        """Whether a name is not forgotten."""
        return name in self._until

    def insert(self, name: str, until: int) -> None:
        """Adds a name; of two moments the later counts."""
        if until > self._until.get(name, NEVER):
            self._until[name] = until
            self._due.setdefault(until, []).append(name)

    def forget(self, now: int) -> dict[str, int]:
        """Forgets what may be forgotten, and says what that was and since when it could be."""
        forgotten = {}
        for until in [until for until in self._due if until <= now]:
            for name in self._due.pop(until):
                # Otherwise a later moment has taken its place.
                if self._until.get(name) == until:
                    forgotten[name] = self._until.pop(name)
        return forgotten


class RevocationSet:
    """The live records of the log, arranged to say whether a token is over.

    It answers as a scan over every record inserted and not yet dropped would. One record a subject is enough: a newer
    one replaces an older one, because the session that it spares was alive when it was written, and all that the older
    one ended has a version below its own.
    """

    def __init__(self) -> None:
        self._tokens = ExpiringNames()
        self._sessions = ExpiringNames()
        self._subjects = ExpiringNames()
        self._cuts: dict[str, tuple[int, str | None]] = {}
        self._epoch = 0
        self._epoch_until = NEVER
        self.dropped_through = NEVER
        """The latest moment at which a record that has been dropped was to go, in milliseconds since 1970."""

    def __len__(self) -> int:
        """How many records are held."""
        return len(self._tokens) + len(self._sessions) + len(self._cuts) + (self._epoch > 0)

    def insert(self, revocation: Revocation) -> None:
        """Adds a record; adding one twice, or one that a newer record covers, changes nothing."""
        if revocation.kind == "token":
            self._tokens.insert(revocation.name, revocation.until)
        elif revocation.kind == "session":
            self._sessions.insert(revocation.name, revocation.until)
        elif revocation.kind == "subject":
            if revocation.version > self._cuts.get(revocation.name, (-1, None))[0]:
                self._cuts[revocation.name] = (revocation.version, revocation.spared)
                self._subjects.insert(revocation.name, revocation.until)
        else:
            self._epoch = max(self._epoch, revocation.version)
            self._epoch_until = max(self._epoch_until, revocation.until)

    def is_over(self, claims: TokenClaims) -> bool:
        """Whether a token that says `claims` of itself has been ended."""
        if claims.epoch < self._epoch or claims.session in self._sessions or claims.token in self._tokens:
            return True
        cut = self._cuts.get(claims.subject)
        return cut is not None and claims.version < cut[0] and claims.session != cut[1]

    def drop_expired(self, now: int) -> None:
        """Drops records whose tokens have all expired by `now`, in milliseconds since 1970."""
        dropped = [*self._tokens.forget(now).values(), *self._sessions.forget(now).values()]
        for subject, until in self._subjects.forget(now).items():
            del self._cuts[subject]
            dropped.append(until)
        if self._epoch > 0 and self._epoch_until <= now:
            dropped.append(self._epoch_until)
            self._epoch = 0
        self.dropped_through = max(self.dropped_through, *dropped, NEVER)
