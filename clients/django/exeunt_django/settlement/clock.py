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


_MONOTONIC = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Linux's monotonic clock stands still while the machine sleeps; this one goes on."""


def read_clocks() -> ClockReading:
    """What this machine's clocks say now, each rounded down."""
    return ClockReading(time.clock_gettime_ns(_MONOTONIC) // 1_000_000, time.time_ns() // 1_000_000)
