"""Whoever waits to hear of the end of a session."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum

from .claims import TokenClaims
from .revocations import Revocation


class SessionEnd(Enum):
    """What somebody hears who waits for the end of a session."""

    ENDED = "ended"
    """It has been ended."""
    UNKNOWN = "unknown"
    """Nothing can be promised any more: there is no lease, or the verifier has stopped. Close what is open as well."""


Tell = Callable[[SessionEnd], None]


class EndWatchers:
    """Whoever waits to hear of the end of a session, found by what can end it."""

    def __init__(self) -> None:
        self._watchers: dict[int, tuple[TokenClaims, Tell]] = {}
        self._by_name: dict[tuple[str, str], set[int]] = {}
        self._next = 0

    def __len__(self) -> int:
        """How many wait."""
        return len(self._watchers)

    def add(self, claims: TokenClaims, tell: Tell) -> int:
        """Adds somebody, and gives the number to remove them by."""
        self._next += 1
        self._watchers[self._next] = (claims, tell)
        for name in _names(claims):
            self._by_name.setdefault(name, set()).add(self._next)
        return self._next

    def remove(self, number: int) -> None:
        """Removes somebody; doing it twice does no harm."""
        watcher = self._watchers.pop(number, None)
        if watcher is None:
            return
        for name in _names(watcher[0]):
            self._by_name[name].discard(number)
            if not self._by_name[name]:
                del self._by_name[name]

    def take_ended(self, revocations: Iterable[Revocation]) -> list[Tell]:
        """Takes out those whom these records end; whoever calls tells them."""
        tells = []
        for revocation in revocations:
            is_all = revocation.kind == "all"
            candidates = self._watchers if is_all else self._by_name.get((revocation.kind, revocation.name), ())
            for number in [number for number in candidates if revocation.matches(self._watchers[number][0])]:
                tells.append(self._watchers[number][1])
                self.remove(number)
        return tells

    def take_all(self) -> list[Tell]:
        """Takes out everybody."""
        tells = [tell for _, tell in self._watchers.values()]
        self._watchers.clear()
        self._by_name.clear()
        return tells


def _names(claims: TokenClaims) -> tuple[tuple[str, str], ...]:
    return ("token", claims.token), ("session", claims.session), ("subject", claims.subject)
