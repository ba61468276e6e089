"""Wall clocks of programs that can be set wrong while they run; their monotonic clocks stay right."""

from __future__ import annotations

import mmap
import shutil
import struct
import subprocess
import threading
import time
from datetime import datetime
from pathlib import Path

from exeunt import PATIENCE

SHIM = Path(__file__).with_name("clock_shim.c")


def build_shim(folder: Path) -> Path:
    """The library that stands between a program and its wall clock. The Swift toolchain brings a compiler."""
    compiler = shutil.which("clang") or shutil.which("cc")
    assert compiler, "there is no compiler for C: the Swift toolchain has one"
    library = folder / "clock_shim.so"
    flags = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    subprocess.run([compiler, *flags, str(SHIM), "-o", str(library)], check=True, timeout=PATIENCE)
    return library


class Clock:
    """The wall clock of one program, which is right."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._history = [(0.0, 0.0)]
        """From which moment on it was wrong by how many seconds."""

    def wrong_between(self, begin: float, end: float) -> set[float]:
        """By how much it was wrong in that time."""
        with self._lock:
            before = [seconds for since, seconds in self._history if since <= begin][-1]
            return {before} | {seconds for since, seconds in self._history if begin < since <= end}

    def moment(self, said: str, begin: float, end: float) -> float:
        """The latest moment, on our monotonic clock, that it can have meant by a time that it said in that time."""
        right = datetime.fromisoformat(said).timestamp() - min(self.wrong_between(begin, end))
        return time.monotonic() + right - time.time()


class WrongClock(Clock):
    """A wall clock that is wrong by as much as it is told to be."""

    def __init__(self, folder: Path, name: str, shim: Path) -> None:
        super().__init__()
        path = folder / f"{name}.clock"
        path.write_bytes(bytes(8))
        with path.open("r+b") as file:
            self._offset = mmap.mmap(file.fileno(), 8)
        self.surroundings = {"LD_PRELOAD": str(shim), "WRONG_CLOCK": str(path)}

    def be_wrong_by(self, seconds: float) -> None:
        """From now on it is wrong by so much."""
        with self._lock:
            self._history.append((time.monotonic(), seconds))
            self._offset[:] = struct.pack("=q", round(seconds * 1000))
