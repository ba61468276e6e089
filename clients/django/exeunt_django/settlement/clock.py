"""Both clocks of a process."""

from __future__ import annotations

import time
from typing import NamedTuple


class ClockReading(NamedTuple):
    """What both clocks say, read together."""

    moment: int
    """Milliseconds on the clock that never goes back. It means nothing to any other process."""
    wall: int
    """Milliseconds since 1970, on the clock that others agree with, and that somebody may set."""


_BOOTTIME: int | None = getattr(time, "CLOCK_BOOTTIME", None)
"""Linux's usual monotonic clock stands still while the machine sleeps; this one goes on."""


def read_clocks() -> ClockReading:
    """What this machine's clocks say now, each rounded down."""
    moment = time.monotonic_ns() if _BOOTTIME is None else time.clock_gettime_ns(_BOOTTIME)
    return ClockReading(moment // 1_000_000, time.time_ns() // 1_000_000)
