"""What many sites have: a list of ended sessions in Redis, and messages about them that nobody acknowledges."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from processes import PATIENCE, free_port, on_load_cores, on_server_core

CLIENTS = Path(__file__).with_name("resp.py")


@contextlib.contextmanager
def redis(folder: Path, appends: bool = True, cores: Callable[[], None] = on_server_core) -> Iterator[int]:
    """A Redis on the server's core that flushes each write before it answers, unless told otherwise; gives its port."""
    data = folder / "redis"
    data.mkdir(exist_ok=True)
    port = free_port()
    options = {
        "port": str(port),
        "bind": "127.0.0.1",
        "dir": str(data),
        "save": "",
        "appendonly": "yes" if appends else "no",
        "appendfsync": "always",
        "logfile": str(folder / "redis.log"),
    }
    command = ["redis-server", *(word for name, value in options.items() for word in (f"--{name}", value))]
    started = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=cores)
    try:
        _wait(started, port)
        yield port
    finally:
        started.terminate()
        started.wait(PATIENCE)


def measure(folder: Path, subscribers: int, seconds: float) -> dict[str, Any]:
    """One round: endings by one client while so many subscribers listen."""
    with redis(folder) as port, _listening(port, subscribers):
        numbers = [str(number) for number in (port, subscribers, seconds / 8, seconds)]
        done = subprocess.run(
            [sys.executable, str(CLIENTS), "publish", *numbers],
            capture_output=True, text=True, timeout=PATIENCE, check=False, preexec_fn=on_load_cores,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))


@contextlib.contextmanager
def _listening(port: int, count: int) -> Iterator[None]:
    command = [sys.executable, str(CLIENTS), "subscribe", str(port), str(count)]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=on_load_cores)
    try:
        assert started.stdout is not None and started.stdout.readline(), "the subscribers of Redis did not start"
        yield
        assert started.poll() is None, "the subscribers of Redis went away"
    finally:
        started.kill()
        started.communicate()


def _wait(started: subprocess.Popen[bytes], port: int) -> None:
    """Until it listens."""
    give_up = time.monotonic() + PATIENCE
    while True:
        assert started.poll() is None and time.monotonic() < give_up, "redis-server did not start"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.01)
