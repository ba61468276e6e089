"""What the disk can do by itself: how often a second it makes a small write durable."""

from __future__ import annotations

import os
import time
from pathlib import Path

PAGE = 4096


def flushes_in_place(folder: Path, seconds: float) -> float:
    """Writes 4 KiB over the same place and flushes it, again and again: flushes a second.

    The best case: the file has its blocks, so that nothing but the data has to reach the disk.
    """
    return _loop(folder, seconds, lambda _turn: 0, size=PAGE)


def flushes_of_log(folder: Path, seconds: float) -> float:
    """Appends 4 KiB and flushes it, again and again, as a log does that grows: flushes a second."""
    return _loop(folder, seconds, lambda turn: turn * PAGE, size=0)


def _loop(folder: Path, seconds: float, place: object, size: int) -> float:
    assert callable(place)
    path = folder / "flush-probe"
    page = os.urandom(PAGE)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.pwrite(descriptor, b"\0" * size, 0)
        os.fsync(descriptor)
        turns = 0
        start = time.monotonic()
        while (elapsed := time.monotonic() - start) < seconds:
            os.pwrite(descriptor, page, place(turns))
            os.fdatasync(descriptor)
            turns += 1
        return turns / elapsed
    finally:
        os.close(descriptor)
        path.unlink()


class DeviceFlushes:
    """Counts the flushes that the disk below a folder has carried out, whoever asked for them (Linux 5.5 and later)."""

    FIELD = 18
    """Of /proc/diskstats, counted from the name on: flush requests completed."""

    def __init__(self, folder: Path) -> None:
        device = os.stat(folder).st_dev
        self.major, self.minor = os.major(device), os.minor(device)

    def count(self) -> int | None:
        """So far; nothing where the kernel or the file system does not say."""
        for line in Path("/proc/diskstats").read_text().splitlines():
            fields = line.split()
            if (int(fields[0]), int(fields[1])) == (self.major, self.minor) and len(fields) > self.FIELD:
                return int(fields[self.FIELD])
        return None
