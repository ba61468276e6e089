"""Leave to answer from memory."""

from __future__ import annotations

from dataclasses import dataclass

from .clock import ClockReading


def tolerance(milliseconds: int) -> int:
    """How far the two clocks of a lease's holder may come to disagree: one part in a hundred, and two for the
    rounding.
    """
    return milliseconds // 100 + 2


@dataclass(frozen=True)
class Lease:
    """Leave to answer from memory, counted from before the moment at which its holder asked."""

    asked: ClockReading
    milliseconds: int

    @property
    def end(self) -> int:
        """The moment at which it ends, if nothing voids it."""
        return self.asked.moment + self.milliseconds

    def is_live(self, now: ClockReading) -> bool:
        """Whether its holder may answer from memory now.

        The monotonic clock of a suspended or migrated machine may have stood still while leases ran out elsewhere. The
        wall clock is set right afterwards; so where the two disagree the lease is void.
        """
        disagreement = (now.wall - self.asked.wall) - (now.moment - self.asked.moment)
        return now.moment < self.end and abs(disagreement) <= tolerance(self.milliseconds)
